"""Drives pika for pika.ts: one JSON request a line on stdin, answers and events on stdout."""
import base64
import json
import queue
import sys
import threading

import pika

lines = queue.Queue()


def read_stdin(connection):
    for line in sys.stdin:
        lines.put(json.loads(line))
        connection.add_callback_threadsafe(lambda: None)  # wakes process_data_events
    lines.put(None)


def say(**values):
    sys.stdout.write(json.dumps(values, default=str) + "\n")
    sys.stdout.flush()


def properties_from(values):
    names = {
        "contentType": "content_type",
        "correlationId": "correlation_id",
        "replyTo": "reply_to",
        "messageId": "message_id",
        "type": "type",
        "appId": "app_id",
        "priority": "priority",
        "expiration": "expiration",
        "headers": "headers",
    }
    known = {names[key]: value for key, value in values.items() if key in names}
    if "persistent" in values:
        known["delivery_mode"] = 2 if values["persistent"] else 1
    return pika.BasicProperties(**known)


def message(method, properties, body):
    values = {
        "contentType": properties.content_type,
        "correlationId": properties.correlation_id,
        "replyTo": properties.reply_to,
        "messageId": properties.message_id,
        "type": properties.type,
        "appId": properties.app_id,
        "priority": properties.priority,
        "expiration": properties.expiration,
        "headers": properties.headers,
        "persistent": None if properties.delivery_mode is None else properties.delivery_mode == 2,
    }
    return {
        "body": base64.b64encode(body).decode(),
        "exchange": method.exchange,
        "routingKey": method.routing_key,
        "redelivered": getattr(method, "redelivered", False),
        "deliveryTag": getattr(method, "delivery_tag", 0),
        "properties": {key: value for key, value in values.items() if value is not None},
    }


class Driver:
    def __init__(self, url):
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channels = {}

    def channel(self, request):
        number = len(self.channels) + 1
        channel = self.connection.channel()
        self.channels[number] = channel
        channel.add_on_return_callback(
            lambda _, method, properties, body: say(
                event="return", channel=number, message=message(method, properties, body)
            )
        )
        return number

    def confirm(self, channel, _):
        channel.confirm_delivery()

    def declareQueue(self, channel, request):
        options = request["options"]
        ok = channel.queue_declare(
            request["queue"],
            passive=options.get("passive", False),
            durable=options.get("durable", False),
            exclusive=options.get("exclusive", False),
            auto_delete=options.get("autoDelete", False),
            arguments=options.get("arguments"),
        ).method
        return {"queue": ok.queue, "messageCount": ok.message_count, "consumerCount": ok.consumer_count}

    def deleteQueue(self, channel, request):
        channel.queue_delete(request["queue"])

    def purgeQueue(self, channel, request):
        return channel.queue_purge(request["queue"]).method.message_count

    def declareExchange(self, channel, request):
        options = request["options"]
        channel.exchange_declare(
            request["exchange"],
            request["type"],
            durable=options.get("durable", False),
            auto_delete=options.get("autoDelete", False),
            internal=options.get("internal", False),
            arguments=options.get("arguments"),
        )

    def deleteExchange(self, channel, request):
        channel.exchange_delete(request["exchange"])

    def bindQueue(self, channel, request):
        channel.queue_bind(request["queue"], request["exchange"], request["routingKey"], request.get("arguments"))

    def unbindQueue(self, channel, request):
        channel.queue_unbind(request["queue"], request["exchange"], request["routingKey"], request.get("arguments"))

    def publish(self, channel, request):
        try:
            channel.basic_publish(
                request["exchange"],
                request["routingKey"],
                base64.b64decode(request["body"]),
                properties_from(request["properties"]),
                mandatory=request["mandatory"],
            )
        except pika.exceptions.UnroutableError:
            pass  # the callback for returns tells it

    def get(self, channel, request):
        method, properties, body = channel.basic_get(request["queue"], auto_ack=request["noAck"])
        return None if method is None else message(method, properties, body)

    def prefetch(self, channel, request):
        channel.basic_qos(prefetch_count=request["count"])

    def consume(self, channel, request):
        options = request["options"]
        return channel.basic_consume(
            request["queue"],
            lambda _, method, properties, body: say(
                event="message",
                channel=request["channel"],
                consumer=method.consumer_tag,
                message=message(method, properties, body),
            ),
            auto_ack=options.get("noAck", False),
            exclusive=options.get("exclusive", False),
            consumer_tag=options.get("consumerTag"),
            arguments=options.get("arguments"),
        )

    def cancel(self, channel, request):
        channel.basic_cancel(request["consumerTag"])

    def ack(self, channel, request):
        channel.basic_ack(request["deliveryTag"], multiple=request["multiple"])

    def nack(self, channel, request):
        channel.basic_nack(request["deliveryTag"], requeue=request["requeue"])

    def txSelect(self, channel, _):
        channel.tx_select()

    def txCommit(self, channel, _):
        channel.tx_commit()

    def txRollback(self, channel, _):
        channel.tx_rollback()

    def closeChannel(self, channel, _):
        channel.close()

    def run(self, request):
        if request["do"] == "channel":
            return self.channel(request)
        return getattr(self, request["do"])(self.channels[request["channel"]], request)


def main():
    try:
        driver = Driver(sys.argv[1])
    except Exception as error:
        say(event="refused", error=repr(error))
        return
    say(event="connected")
    threading.Thread(target=read_stdin, args=(driver.connection,), daemon=True).start()
    while True:
        try:
            request = lines.get_nowait()
        except queue.Empty:
            driver.connection.process_data_events(time_limit=0.5)
            continue
        if request is None or request["do"] == "close":
            driver.connection.close()
            return
        try:
            say(id=request["id"], value=driver.run(request))
        except Exception as error:
            say(id=request["id"], error=repr(error))


main()
