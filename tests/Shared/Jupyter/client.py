"""A real Jupyter client against the kernel of the tests. python3 client.py CASE; exits with 0 if all was as it should be."""

import inspect
import json
import os
import signal
import sys
import time

import zmq
from jupyter_client.manager import KernelManager

LIMIT = 60
# A shell that runs the tests in the background has them ignore SIGINT, and the kernel would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def equal(expected, actual):
    if expected != actual:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def collect(client, request):
    """What the request published until it was idle, as (type, content)."""
    messages = []
    while True:
        message = client.get_iopub_msg(timeout=LIMIT)
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "status":
            if content["execution_state"] == "idle":
                return messages
        else:
            messages.append((kind, content))


def reply_to(client, request, channel="shell"):
    while True:
        message = (client.get_shell_msg if channel == "shell" else client.get_control_msg)(timeout=LIMIT)
        if message["parent_header"].get("msg_id") == request:
            return message["content"]


def execute(client, code, **options):
    request = client.execute(code, **options)
    reply = reply_to(client, request)
    return reply, collect(client, request)


def wait_until_running(client, request):
    while True:
        message = client.get_iopub_msg(timeout=LIMIT)
        if message["parent_header"].get("msg_id") == request and message["msg_type"] == "execute_input":
            return


def on_control(client, kind, content=None):
    message = client.session.msg(kind, content or {})
    client.control_channel.send(message)
    return reply_to(client, message["header"]["msg_id"], "control")


def on_shell(client, kind, content):
    message = client.session.msg(kind, content)
    client.shell_channel.send(message)
    return message["header"]["msg_id"]


def kernel_info(manager, client):
    reply = reply_to(client, client.kernel_info())
    equal("ok", reply["status"])
    equal("5.3", reply["protocol_version"])
    equal("C#", reply["language_info"]["name"])
    equal("5.3", on_control(client, "kernel_info_request")["protocol_version"])


def results_and_streams(manager, client):
    reply, messages = execute(client, "print one\nerror two\ndisplay d shown\nprint three\nresult last 😀")
    equal(("ok", 1, {}), (reply["status"], reply["execution_count"], reply["user_expressions"]))
    equal(
        [
            ("execute_input", {"code": "print one\nerror two\ndisplay d shown\nprint three\nresult last 😀", "execution_count": 1}),
            ("stream", {"name": "stdout", "text": "one\n"}),
            ("stream", {"name": "stderr", "text": "two\n"}),
            ("display_data", {"data": {"text/plain": "shown"}, "metadata": {}, "transient": {"display_id": "d"}}),
            ("stream", {"name": "stdout", "text": "three\n"}),
            ("execute_result", {"data": {"text/plain": "last 😀"}, "metadata": {}, "execution_count": 1}),
        ],
        messages,
    )


def silent(manager, client):
    reply, messages = execute(client, "set a 1\nprint unheard", silent=True)
    equal(("ok", 0, []), (reply["status"], reply["execution_count"], messages))
    reply, messages = execute(client, "get a", store_history=False)
    equal(("ok", 0, "1"), (reply["status"], reply["execution_count"], messages[-1][1]["data"]["text/plain"]))


def errors(manager, client):
    reply, messages = execute(client, "fail it broke")
    equal(("error", "TestException", "it broke", 1), tuple(reply[name] for name in ("status", "ename", "evalue", "execution_count")))
    equal(
        ("error", {"ename": "TestException", "evalue": "it broke", "traceback": ["TestException: it broke", "   at line 1"]}),
        messages[-1],
    )
    # The session itself fails: the kernel lives on.
    reply, messages = execute(client, "throw inside")
    equal(("error", "InvalidOperationException"), (reply["status"], reply["ename"]))
    equal("error", messages[-1][0])
    equal("ok", execute(client, "print alive")[0]["status"])


def user_expressions(manager, client):
    """Values that a client asks for beside a cell: evaluated after it, each well or badly, and in no history."""
    asked = {"known": "get a", "unknown": "fail no such name"}
    reply, messages = execute(client, "set a 7", user_expressions=asked)
    equal(
        {
            "known": {"status": "ok", "data": {"text/plain": "7"}, "metadata": {}},
            "unknown": {
                "status": "error",
                "ename": "TestException",
                "evalue": "no such name",
                "traceback": ["TestException: no such name", "   at line 1"],
            },
        },
        reply["user_expressions"],
    )
    equal(("ok", ["execute_input"]), (reply["status"], [kind for kind, _ in messages]))
    equal([[1, 1, "set a 7"]], reply_to(client, client.history(hist_access_type="tail", n=9))["history"])
    reply, _ = execute(client, "fail", user_expressions=asked)
    equal(("error", 2), (reply["status"], reply["execution_count"]))


def interrupt(manager, client):
    execute(client, "set a kept")
    for stop in (lambda: on_control(client, "interrupt_request"), lambda: os.kill(manager.provisioner.pid, signal.SIGINT)):
        request = client.execute("endless")
        wait_until_running(client, request)
        stop()
        equal("error", reply_to(client, request)["status"])
        equal("kept", execute(client, "get a")[1][-1][1]["data"]["text/plain"])
    # Nothing runs: nothing is stopped, now or later.
    equal("ok", on_control(client, "interrupt_request")["status"])
    equal("ok", execute(client, "print next")[0]["status"])


def deaf(manager, client):
    """A cell that cannot be stopped: the client hears what is to be done."""
    request = client.execute("deaf")
    wait_until_running(client, request)
    on_control(client, "interrupt_request")
    reply = reply_to(client, request)
    equal(("error", "StillRunning"), (reply["status"], reply["ename"]))
    equal(True, reply["evalue"].startswith("It runs on. ") and "restart the kernel" in reply["evalue"])
    equal([reply["evalue"]], reply["traceback"])


def responsive(manager, client):
    request = client.execute("endless")
    wait_until_running(client, request)
    equal("ok", on_control(client, "kernel_info_request")["status"])
    heart = zmq.Context.instance().socket(zmq.REQ)
    heart.connect(f"tcp://{client.ip}:{client.hb_port}")
    for number in range(3):
        heart.send(b"beat %d" % number)
        if not heart.poll(LIMIT * 1000):
            raise AssertionError("the heart stands still")
        equal(b"beat %d" % number, heart.recv())
    heart.close(linger=0)
    on_control(client, "interrupt_request")
    equal("error", reply_to(client, request)["status"])


def aborted(manager, client):
    first = client.execute("endless")
    wait_until_running(client, first)
    rest = [client.execute("print never"), client.execute("print never")]
    # The way there and back on another socket: the two lie there when the cell is stopped.
    on_control(client, "kernel_info_request")
    on_control(client, "interrupt_request")
    equal("error", reply_to(client, first)["status"])
    for request in rest:
        equal({"status": "aborted"}, reply_to(client, request))
    equal("ok", execute(client, "print again")[0]["status"])
    failing = client.execute("fail", stop_on_error=False)
    following = client.execute("print runs")
    equal("error", reply_to(client, failing)["status"])
    equal("ok", reply_to(client, following)["status"])


def restart(manager, client):
    execute(client, "set a old")
    manager.restart_kernel()
    client.wait_for_ready(timeout=LIMIT)
    reply, _ = execute(client, "get a")
    equal(("error", "KeyNotFoundException", 1), tuple(reply[name] for name in ("status", "ename", "execution_count")))


def successor(manager, client):
    execute(client, "set a kept")
    # The second client has the first one's identity, as a page has that is loaded again before the old one is gone.
    other = manager.client()
    other.start_channels()
    other.wait_for_ready(timeout=LIMIT)
    equal("kept", execute(other, "get a")[1][-1][1]["data"]["text/plain"])
    other.stop_channels()


def shutdown(manager, client):
    request = client.execute("endless")
    wait_until_running(client, request)
    equal({"status": "ok", "restart": False}, on_control(client, "shutdown_request", {"restart": False}))
    process = manager.provisioner.process
    equal(0, process.wait(timeout=LIMIT))


def editing(manager, client):
    reply = reply_to(client, client.complete("😀\npri", 5))
    equal((["print"], 2, 5, "ok"), tuple(reply[name] for name in ("matches", "cursor_start", "cursor_end", "status")))
    execute(client, "set a😀b known")
    reply = reply_to(client, client.inspect("a😀b c", 3))
    equal((True, {"text/plain": "known"}), (reply["found"], reply["data"]))
    equal(False, reply_to(client, client.inspect("other"))["found"])
    for code, status in (("print", "complete"), ("print \\", "incomplete"), ("!", "invalid")):
        equal(status, reply_to(client, client.is_complete(code))["status"])


def prepared(manager, client):
    """After its first cell a kernel that is left alone completes something by itself, so that a client's first request need not wait."""
    execute(client, "print 1")
    end = time.monotonic() + LIMIT
    while not reply_to(client, client.inspect("completed"))["found"]:
        if time.monotonic() > end:
            raise AssertionError("nothing was completed")


def history(manager, client):
    for code in ("print 1", "set a 1", "print 1"):
        execute(client, code)
    tail = reply_to(client, client.history(hist_access_type="tail", n=2))["history"]
    equal([[1, 2, "set a 1"], [1, 3, "print 1"]], tail)
    ranged = reply_to(client, client.history(hist_access_type="range", session=0, start=1, stop=2, output=True))["history"]
    equal([[1, 1, ["print 1", None]]], ranged)
    found = reply_to(client, client.history(hist_access_type="search", pattern="print*", unique=True))["history"]
    equal([[1, 3, "print 1"]], found)


def update_display(manager, client):
    execute(client, "display d old")
    _, messages = execute(client, "update d new")
    equal(
        ("update_display_data", {"data": {"text/plain": "new"}, "metadata": {}, "transient": {"display_id": "d"}}), messages[-1]
    )


def comms(manager, client):
    request = on_shell(client, "comm_open", {"comm_id": "c", "target_name": "nobody", "data": {}})
    equal([("comm_close", {"comm_id": "c", "data": {}})], collect(client, request))
    equal({"status": "ok", "comms": {}}, reply_to(client, client.comm_info()))


def odd_requests(manager, client):
    # In ASCII, as a browser may send half a surrogate pair.
    client.session.pack = lambda value: json.dumps(value, default=str).encode("ascii")
    for kind, content in (
        ("odd_request", {}),
        ("execute_request", {"code": 5}),
        ("execute_request", {"code": "\ud800"}),
        ("complete_request", {"code": "a", "cursor_pos": "here"}),
        ("history_request", {"hist_access_type": "none"}),
    ):
        equal("error", reply_to(client, on_shell(client, kind, content))["status"])
    on_shell(client, "odd", {})
    equal("error", on_control(client, "execute_request", {"code": "print 1"})["status"])
    equal("ok", execute(client, "print alive")[0]["status"])


def listens(manager, client):
    """The kernel listens at the five ports of its connection file, on the loopback address, and nowhere else."""
    process = manager.provisioner.pid
    inodes = set()
    for descriptor in os.listdir(f"/proc/{process}/fd"):
        target = os.readlink(f"/proc/{process}/fd/{descriptor}")
        if target.startswith("socket:["):
            inodes.add(target[len("socket:["):-1])
    listening = set()
    for name in ("tcp", "tcp6"):
        with open(f"/proc/{process}/net/{name}", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        listening |= {row[1] for row in rows if row[3] == "0A" and row[9] in inodes}
    ports = (client.shell_port, client.control_port, client.stdin_port, client.iopub_port, client.hb_port)
    equal({f"0100007F:{port:04X}" for port in ports}, listening)


def wrong_signature(manager, client):
    key, client.session.key = client.session.key, b"another key"
    client.execute("set a forged")
    client.session.key = key
    reply, _ = execute(client, "print true")
    equal(("ok", 1), (reply["status"], reply["execution_count"]))


def no_input(manager, client):
    reply, _ = execute(client, "read")
    equal("error", reply["status"])
    equal(True, "cannot ask for input" in reply["evalue"])


def many(manager, client):
    requests = [client.execute(f"result {number}") for number in range(200)]
    for number, request in enumerate(requests):
        reply = reply_to(client, request)
        equal(("ok", number + 1), (reply["status"], reply["execution_count"]))
        equal(str(number), collect(client, request)[-1][1]["data"]["text/plain"])


def flood(manager, client):
    reply, messages = execute(client, "flood 50\nresult done")
    equal("ok", reply["status"])
    equal(50_000_000, sum(len(content["text"]) for kind, content in messages if kind == "stream"))
    equal("execute_result", messages[-1][0])
    equal(True, len(messages) < 2000)


def orphan(manager, client):
    """The client ends without a word to the kernel, which runs a cell."""
    wait_until_running(client, client.execute("endless"))
    os._exit(0)


def run(case):
    manager = KernelManager(kernel_name=".net-csharp")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=LIMIT)
        case(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    run(dict(inspect.getmembers(sys.modules[__name__], inspect.isfunction))[sys.argv[1]])
