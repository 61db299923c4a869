"""OpenStack Swift with its S3 API on loopback, in a folder of its own and without rights: proxy, account, container and
object server, one process each. Prints {"endpoint": ...} when it answers, and ends when its standard input does.

Run by swift-server.ts, with Debian’s packages unpacked (scripts/setup/swift.mjs): swift-server.py <folder>
"""
import getpass
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request

from swift.common import utils

folder = os.path.abspath(sys.argv[1])
devices = os.path.join(folder, 'devices')
os.makedirs(os.path.join(devices, 'one'))

# Swift reads it from /etc else; it has to be said before anything else of Swift is loaded.
utils.SWIFT_CONF_FILE = os.path.join(folder, 'swift.conf')
with open(utils.SWIFT_CONF_FILE, 'w') as conf:
    conf.write('[swift-hash]\nswift_hash_path_prefix = quire\nswift_hash_path_suffix = quire\n')

from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import run_wsgi  # noqa: E402


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(('127.0.0.1', 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


servers = dict(zip(('account', 'container', 'object', 'proxy'), free_ports(4)))

common = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {devices}
mount_check = false
log_level = ERROR
disable_fallocate = true
"""

storage = common + """
[pipeline:main]
pipeline = healthcheck {name}-server

[filter:healthcheck]
use = egg:swift#healthcheck

[app:{name}-server]
use = egg:swift#{name}
"""

class Cache:
    """What Swift wants of memcached, in the one process that needs it."""

    def __init__(self):
        self.values = {}

    def get(self, key, **_):
        return self.values.get(key)

    def set(self, key, value, **_):
        self.values[key] = value

    def incr(self, key, delta=1, **_):
        self.values[key] = self.values.get(key, 0) + int(delta)
        return self.values[key]

    def delete(self, key, **_):
        self.values.pop(key, None)


def cache_factory(*_, **__):
    cache = Cache()

    def with_cache(app):
        def call(env, start_response):
            env['swift.cache'] = cache
            return app(env, start_response)
        return call
    return with_cache


# Two accounts; an access key is account:user.
proxy = common + """
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck proxy-logging-0 cache listing_formats s3api tempauth copy bulk slo dlo versioned_writes proxy-logging proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# On a busy machine a server is slow, not broken; there is no other one to ask.
conn_timeout = 10
node_timeout = 60
error_suppression_limit = 1000000

[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
paste.filter_factory = __main__:cache_factory
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:copy]
use = egg:swift#copy
[filter:proxy-logging-0]
use = egg:swift#proxy_logging
access_log_level = ERROR
[filter:proxy-logging]
use = egg:swift#proxy_logging
access_log_level = ERROR
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_ada_ada = adas-secret-key .admin
user_grace_grace = graces-secret-key .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
"""

children = []
for name, port in servers.items():
    path = os.path.join(folder, name + '.conf')
    with open(path, 'w') as conf:
        text = proxy if name == 'proxy' else storage
        conf.write(text.format(name=name, port=port, user=getpass.getuser(), folder=folder, devices=devices))
    if name != 'proxy':
        # One copy of everything, on the one device that there is.
        ring = RingBuilder(4, 1, 1)
        ring.add_dev({'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': port, 'device': 'one', 'weight': 1})
        ring.rebalance()
        ring.get_ring().save(os.path.join(folder, name + '.ring.gz'))

for name in servers:
    child = os.fork()
    if child == 0:
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)
        # Standard output is for the one line.
        os.dup2(2, 1)
        sys.exit(run_wsgi(os.path.join(folder, name + '.conf'), name + '-server', verbose=True))
    children.append(child)


def stop(*_):
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            pass
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
def answers(port):
    try:
        urllib.request.urlopen('http://127.0.0.1:%d/healthcheck' % port, timeout=5).read()
        return True
    except (OSError, urllib.error.URLError):
        return False


latest = time.monotonic() + 90
while not all(answers(port) for port in servers.values()):
    if time.monotonic() > latest:
        print('Swift did not answer in time.', file=sys.stderr, flush=True)
        stop()
    time.sleep(0.1)
endpoint = 'http://127.0.0.1:%d' % servers['proxy']
print(json.dumps({'endpoint': endpoint}), flush=True)
sys.stdin.read()
stop()
