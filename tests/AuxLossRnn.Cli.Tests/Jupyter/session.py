"""A real Jupyter client against the kernel as it is installed. python3 session.py CASE [FOLDER]; exits with 0 if all was as it should be."""

import inspect
import os
import queue
import re
import statistics
import sys
import time

import zmq
from jupyter_client.manager import KernelManager

from client import LIMIT, collect, equal, execute, on_control, reply_to, wait_until_running


def true(holds, said):
    if not holds:
        raise AssertionError(said)


def data(messages, kind="execute_result"):
    """The formats of the last message of a kind."""
    return [content["data"] for name, content in messages if name == kind][-1]


def text_of(messages, name):
    return "".join(content["text"] for kind, content in messages if kind == "stream" and content["name"] == name)


def run(client, code):
    reply, messages = execute(client, code)
    true(reply["status"] == "ok", f"{code}\n{reply}")
    return messages


def cells(manager, client):
    """State, streams, displays, the kit's library, texts in other languages."""
    run(client, "int a = 20; int Twice(int x) { return 2 * x; }")
    equal({"text/plain": "42"}, data(run(client, "Twice(a) + 2")))

    streams = run(client, 'Console.WriteLine("said"); Console.Error.Write("wrong"); Console.Write("😀")')
    equal(("said\n😀", "wrong"), (text_of(streams, "stdout"), text_of(streams, "stderr")))

    shown = [message for message in run(client, 'var shown = "old".Display(); shown.Update("new");') if message[0] != "execute_input"]
    later = run(client, "shown.Update(HTML(\"<b>newer</b>\"));")[-1]
    equal(["display_data", "update_display_data", "update_display_data"], [kind for kind, _ in shown + [later]])
    equal(1, len({content["transient"]["display_id"] for _, content in shown + [later]}))
    equal(["old", "new"], [content["data"]["text/plain"] for _, content in shown])
    equal("<b>newer</b>", later[1]["data"]["text/html"])

    folder = sys.argv[2]
    libraries = "".join(f'#r "{folder}/{name}.dll"\n' for name in ("AuxLossRnn", "AuxLossRnn.Data", "AuxLossRnn.Experiments", "TorchSharp"))
    run(client, libraries + "using AuxLossRnn.Data;\nusing AuxLossRnn.Experiments;")
    run(client, "var drawn = DatasetCatalog.Open(Presets.Quickstart(Budget.Smoke).DatasetRequest(), DataRoot.Resolve(null));")
    tensor = data(run(client, "drawn.Test.Batch(new[] { 0, 1 }).Inputs"))["text/plain"]
    true(tensor.startswith("["), tensor)
    equal({"text/plain": "61 2 1"}, data(run(client, 'string.Join(" ", drawn.Test.Batch(new[] { 0, 1 }).Inputs.shape)')))

    timed = run(client, "#!time\n1 + 1")
    true(re.fullmatch(r"Wall time: \d+\.\d ms", data(timed, "display_data")["text/plain"]), str(timed))
    equal("2", data(timed)["text/plain"])
    diagram = data(run(client, "#!mermaid\ngraph LR"), "display_data")
    equal(("graph LR", "```mermaid\ngraph LR\n```"), (diagram["text/vnd.mermaid"], diagram["text/markdown"]))
    equal("# T", data(run(client, "#!markdown\n# T"), "display_data")["text/markdown"])
    equal("<i>x</i>", data(run(client, "#!html\n<i>x</i>\n#!csharp\nint b = 1;"), "display_data")["text/html"])

    scripts = [content["data"]["text/html"] for kind, content in run(client, "#!javascript\n#!share --from csharp a\nf(a)") if kind == "display_data"]
    equal(['globalThis["a"] = 20;', "f(a)"], [script.split("\n")[2] for script in scripts])
    shown = [content["data"]["text/html"] for kind, content in run(client, "#!html\n#!share --from csharp a\n<b>") if kind == "display_data"]
    equal(['<script type="text/javascript">\nglobalThis["a"] = 20;\n</script>', "<b>"], shown)
    streams = run(client, '#!value --name note\nkept\n#!csharp\n#!share --from value note\nConsole.Write(note);')
    equal("kept", text_of(streams, "stdout"))

    reply, _ = execute(client, "int c = 6;", user_expressions={"product": "c * 7", "wrong": "missing"})
    product, wrong = reply["user_expressions"]["product"], reply["user_expressions"]["wrong"]
    equal(("ok", "42"), (product["status"], product["data"]["text/plain"]))
    equal(("error", "CompilationError"), (wrong["status"], wrong["ename"]))


def editing(manager, client):
    """Completion, inspection, completeness and history; places are counted in code points."""
    code = "/// <summary>Adds up.</summary>\nint AddUp(int x) { return x; }"
    run(client, code)
    reply = reply_to(client, client.complete('var s = "😀"; AddU', 17))
    true("AddUp" in reply["matches"], str(reply))
    equal((13, 17), (reply["cursor_start"], reply["cursor_end"]))
    reply = reply_to(client, client.complete("Console.Wri", 11))
    true("WriteLine" in reply["matches"], str(reply))
    reply = reply_to(client, client.inspect("AddUp(1)", 2))
    true(reply["found"] and "AddUp(int x)" in reply["data"]["text/plain"], str(reply))
    equal(False, reply_to(client, client.inspect(" ", 0))["found"])
    equal({"status": "incomplete", "indent": "    "}, reply_to(client, client.is_complete("if (true) {")))
    equal({"status": "incomplete", "indent": ""}, reply_to(client, client.is_complete('"""\nabc')))
    equal({"status": "invalid"}, reply_to(client, client.is_complete("int = ;")))
    equal([[1, 1, code]], reply_to(client, client.history(hist_access_type="tail", n=1))["history"])


def errors(manager, client):
    """An error names the cell's line and no frame of the host; what ran before it stays."""
    reply, messages = execute(client, "int ok = 1;\nmissing();")
    equal(("error", "CompilationError"), (reply["status"], reply["ename"]))
    true(re.fullmatch(r"cell 1\(2,1\): error CS0103: .*missing.*", messages[-1][1]["traceback"][0]), str(messages))

    reply, messages = execute(client, "int zero = 0;\nint Divide(int x)\n{\n    return 1 / x;\n}\n\nDivide(zero)")
    equal(("error", "DivideByZeroException"), (reply["status"], reply["ename"]))
    traceback = messages[-1][1]["traceback"]
    equal(reply["traceback"], traceback)
    equal(["   at Divide in cell 2:line 4", "   at the cell in cell 2:line 7"], traceback[1:])
    equal("0", data(run(client, "zero"))["text/plain"])

    reply, _ = execute(client, '\n#r "nothing.dll"')
    equal(True, "nothing.dll" in reply["evalue"])
    reply, _ = execute(client, "Console.ReadLine()")
    equal(True, "cannot ask for input" in reply["evalue"])


def ending(manager, client):
    """An exception that nothing catches fails its cell; a cell that ends the process is told so before."""
    reply, messages = execute(client, 'var t = new System.Threading.Thread(() => throw new Exception("stray")); t.Start(); t.Join();')
    equal(("error", "stray"), (reply["status"], reply["evalue"]))
    true("Exception: stray" in text_of(messages, "stderr"), str(messages))
    equal({"text/plain": "2"}, data(run(client, "1 + 1")))

    reply, messages = execute(client, 'Console.Write("said");\nEnvironment.Exit(0);')
    equal("said", text_of(messages, "stdout"))
    true(messages[-1][0] == "error" and "ended while cell 3 ran" in messages[-1][1]["evalue"], str(messages))
    equal(("error", "ProcessEnded"), (reply["status"], reply["ename"]))
    equal(0, manager.provisioner.process.wait(timeout=LIMIT))


def stopping(manager, client):
    """An endless cell is stopped and the state kept; after one that cannot be stopped cells are refused; a restart forgets it; nothing is left."""
    run(client, "int kept = 5;")
    for code in ("while (true) { }", "await Task.Delay(-1);", 'while (true) { Console.WriteLine("again"); }'):
        request = client.execute(code)
        wait_until_running(client, request)
        on_control(client, "interrupt_request")
        equal("Interrupted", reply_to(client, request)["ename"])
        equal("5", data(run(client, "kept"))["text/plain"])

    request = client.execute('System.Text.RegularExpressions.Regex.IsMatch(new string(\'a\', 60) + "!", "^(a+)+$");')
    wait_until_running(client, request)
    on_control(client, "interrupt_request")
    equal("StillRunning", reply_to(client, request)["ename"])
    reply, _ = execute(client, "kept")
    equal("Refused", reply["ename"])
    true("restart the kernel" in reply["evalue"], reply["evalue"])

    manager.restart_kernel()
    client.wait_for_ready(timeout=LIMIT)
    reply, _ = execute(client, "kept")
    equal(("CompilationError", 1), (reply["ename"], reply["execution_count"]))

    run(client, "new System.Threading.Thread(() => { while (true) { Console.Write(0); } }) { IsBackground = true }.Start();")
    request = client.execute("while (true) { }")
    wait_until_running(client, request)
    equal({"status": "ok", "restart": False}, on_control(client, "shutdown_request", {"restart": False}))
    equal(0, manager.provisioner.process.wait(timeout=LIMIT))
    if os.path.isdir("/proc/self"):
        equal([], [process for process in os.listdir("/proc") if process.isdigit() and manager.connection_file in command_of(process)])


def command_of(process):
    try:
        with open(f"/proc/{process}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def many(manager, client):
    """Two hundred cells in a row; a forged one between them is not run."""
    run(client, "int n = 0;")
    key, client.session.key = client.session.key, b"another key"
    client.execute("n = 1000;")
    client.session.key = key
    requests = [client.execute("++n") for _ in range(200)]
    for number, request in enumerate(requests, start=1):
        reply = reply_to(client, request)
        equal(("ok", number + 1), (reply["status"], reply["execution_count"]))
        equal(str(number), data(collect(client, request))["text/plain"])
    took = []
    for _ in range(20):
        start = time.perf_counter()
        run(client, "++n")
        took.append(time.perf_counter() - start)
    print(f"small cells: {1000 * statistics.median(took):.0f} ms, median of {len(took)}")


PRINT = 'string line = new string(\'x\', 99) + "\\n"; long written = 0;'


def flood(manager, client):
    messages = run(client, PRINT + "\nfor (; written < 50_000_000; written += line.Length) { Console.Write(line); }\nwritten")
    equal(50_000_000, len(text_of(messages, "stdout")))
    equal("50000000", data(messages)["text/plain"])
    true(len(messages) < 2000, f"{len(messages)} messages")


def print_on(client, console="Console"):
    """A thread that a cell leaves behind prints on: the cells after it can look at how far it has come."""
    run(client, PRINT + "\nbool printing = true;")
    run(
        client,
        "new System.Threading.Thread(() => { while (printing) { " + console + ".Write(line); written += line.Length; } }) { IsBackground = true }.Start();",
    )


def printing_stands_still(client):
    """A cell that ends when the printing waits. After how much it does is the system's business: its buffers differ."""
    return client.execute(
        "for (long seen = -1, start = written; seen != written; System.Threading.Thread.Sleep(500))\n{\n    seen = written;\n"
        '    if (seen > start + 300_000_000) { throw new Exception($"{seen - start} bytes were printed and nobody read"); }\n}'
    )


def printing_goes_on(client, last=""):
    """Reads until a cell has seen the printing go on."""
    request = client.execute("for (long goal = written + 60_000_000; written < goal; System.Threading.Thread.Sleep(1)) { }" + last)
    collect(client, request)
    equal("ok", reply_to(client, request)["status"])


def ended_well(reply):
    equal(("ok", None), (reply["status"], reply.get("evalue")))


def slow_reader(manager, client):
    """What prints waits for a client that does not read, in bounded memory, and goes on when it reads."""
    print_on(client)
    # What this process keeps unread is limited as well: Python's socket takes a thousand messages.
    request = printing_stands_still(client)
    ended_well(reply_to(client, request))
    collect(client, request)
    printing_goes_on(client, "\nprinting = false;")

    # A cell that waits for its reader hears that it is to stop.
    request = client.execute("while (true) { Console.Write(line); }")
    wait_until_running(client, request)
    on_control(client, "interrupt_request")
    equal("Interrupted", reply_to(client, request)["ename"])


def forged(manager, client):
    """A message with a wrong signature is dropped and said so while what prints waits for a client that does not read."""
    print_on(client, "Console.Error")
    request = printing_stands_still(client)
    ended_well(reply_to(client, request))
    key, client.session.key = client.session.key, b"another key"
    client.execute("printing = false;")
    client.session.key = key
    # On the same socket, so that it comes after the forged one.
    equal("ok", reply_to(client, client.kernel_info())["status"])
    equal("ok", on_control(client, "kernel_info_request")["status"])
    collect(client, request)
    printing_goes_on(client, "\nprinting = false;")


def gone_reader(manager, client):
    """A client that does not read and then goes holds nobody up, however often."""
    print_on(client)
    for _ in range(3):
        deaf = zmq.Context.instance().socket(zmq.SUB)
        deaf.setsockopt(zmq.RCVHWM, 1)
        deaf.setsockopt(zmq.SUBSCRIBE, b"")
        deaf.connect(f"tcp://{client.ip}:{client.iopub_port}")
        # This client reads, so it is the deaf one that the printing comes to wait for.
        request = printing_stands_still(client)
        collect(client, request)
        ended_well(reply_to(client, request))
        deaf.close(linger=0)
        printing_goes_on(client)


def main(case):
    start = time.perf_counter()
    manager = KernelManager(kernel_name=".net-csharp")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=LIMIT)
        execute(client, "1 + 1", store_history=False)
        print(f"the first result: after {time.perf_counter() - start:.1f} s")
        case(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print(f"{case.__name__}: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main(dict(inspect.getmembers(sys.modules[__name__], inspect.isfunction))[sys.argv[1]])
