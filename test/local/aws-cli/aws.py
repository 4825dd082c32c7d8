"""The AWS CLI, loaded once. `serve` listens on a socket in a folder of its own and runs each command in a
fork; `run` hands one on.

What a command prints and how it ends is what `aws` itself does: only its start is cheaper.
"""

import json
import os
import select
import shutil
import socket
import sys


def serve(path):
    import awscli.clidriver
    import botocore.loaders
    import botocore.session

    # What one command has read of the CLI's data, the next one has.
    loader = botocore.loaders.create_loader(os.environ["AWS_DATA_PATH"])
    botocore.session.create_loader = lambda *_: loader
    load_everything()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        # At once: nobody reads any more after that.
        os.write(1, b"ready\n")
        # Standard input ends when whoever started this has ended.
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            # The fork of a fork needs nobody to wait for it.
            if os.fork() == 0:
                if os.fork() == 0:
                    answer(connection)
                os._exit(0)
            connection.close()
            os.wait()
    shutil.rmtree(os.path.dirname(path))


def load_everything():
    """Some modules are loaded by the first call only. Nothing listens where this one goes."""
    import awscli.clidriver

    os.environ.update(
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_MAX_ATTEMPTS="1",
        AWS_DEFAULT_REGION="eu-west-1",
        AWS_ACCESS_KEY_ID="none",
        AWS_SECRET_ACCESS_KEY="none",
    )
    sys.argv = ["aws", "iam", "list-users"]
    streams = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    awscli.clidriver.main()
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(streams[0], 1)
    os.dup2(streams[1], 2)


def answer(connection):
    import awscli.clidriver

    said, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    told = json.loads(said)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(told["folder"])
    # The CLI's own modules set it when they are loaded.
    data = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}
    os.environ.clear()
    os.environ.update(told["environment"] | data)
    sys.argv = ["aws", *told["arguments"]]
    code = 255
    try:
        code = awscli.clidriver.main()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(bytes([code or 0]))
        os._exit(0)


def run(path, arguments):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        told = {"folder": os.getcwd(), "environment": dict(os.environ), "arguments": arguments}
        socket.send_fds(connection, [json.dumps(told).encode()], [0, 1, 2])
        ended = connection.recv(1)
        sys.exit(ended[0] if ended else 255)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        run(sys.argv[2], sys.argv[3:])
