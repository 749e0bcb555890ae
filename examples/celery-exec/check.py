"""The test: starts a worker, gives it tasks, and fails unless all come back as they should."""
import subprocess
import sys

from celery import group
from shop import app, fail, price, ship

worker = subprocess.Popen(
    [sys.executable, "-B", "-m", "celery", "--quiet", "-A", "shop", "worker", "--pool", "threads", "--concurrency", "2",
     "--loglevel", "ERROR", "--without-gossip", "--without-mingle"],
)
try:
    print("price:", price.delay(3, 5).get(timeout=30))
    print("group:", group(price.s(n, 10) for n in range(4))().get(timeout=30))
    print("ship:", ship.delay(7).get(timeout=30))
    try:
        fail.delay().get(timeout=30)
    except ValueError as error:
        print("fail:", error)
    print("worker:", [list(answer.values())[0] for answer in app.control.ping(timeout=5, limit=1)])
finally:
    worker.terminate()
    worker.wait()
