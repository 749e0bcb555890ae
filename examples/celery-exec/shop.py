"""A Celery app, as one would write it for RabbitMQ: it finds its broker by CELERY_BROKER_URL, and answers through it."""
import os

from celery import Celery

app = Celery("shop", broker=os.environ["CELERY_BROKER_URL"], backend="rpc://")
app.conf.task_acks_late = True
app.conf.worker_prefetch_multiplier = 1


@app.task
def price(quantity, each):
    return quantity * each


@app.task(bind=True, max_retries=3)
def ship(self, order):
    """The carrier is busy at first: tried again, then done."""
    if self.request.retries < 2:
        raise self.retry(countdown=0.1)
    return f"order {order} is shipped after {self.request.retries} retries"


@app.task
def fail():
    raise ValueError("out of stock")
