"""Runs commands of the stock command line, each in a fork of a process that has it loaded already.

Reads a JSON line for each command, `{"args": [...], "cwd": "..."}`, and answers `{"exit": 0, "out": "...", "err": "..."}`.
"""

import json
import os
import sys
import tempfile
import threading

from prefect.cli import app


def run(args, cwd, out, err):
    os.chdir(cwd)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.argv = ["prefect", *args]
    code = 0
    try:
        result = app()
        code = result if isinstance(result, int) else 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def text_of(file):
    file.seek(0)
    return file.read().decode("utf8", "replace")


def main():
    for line in sys.stdin:
        command = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                run(command["args"], command["cwd"], out.fileno(), err.fileno())
            limit = threading.Timer(command.get("seconds", 60), os.kill, (child, 9))
            limit.start()
            _, status = os.waitpid(child, 0)
            limit.cancel()
            answer = {"exit": os.waitstatus_to_exitcode(status), "out": text_of(out), "err": text_of(err)}
        print(json.dumps(answer), flush=True)


main()
