"""An adapter that is right, or misbehaves as its argument says."""

import json
import sys
import time

from allstatus import load_rules
from allstatus.testing.answers import answer_of


def main(how: str) -> None:
    rules = load_rules(engine="builtin")
    for number, line in enumerate(sys.stdin, 1):
        answer = json.dumps(answer_of(rules, json.loads(line)))
        if number == 3 and how == "hang":
            time.sleep(600)
        elif number == 3 and how == "crash":
            raise RuntimeError("out of luck")
        elif number == 3 and how == "garbage":
            print("?!")
        elif number == 3 and how == "not UTF-8":
            sys.stdout.flush()
            sys.stdout.buffer.write(b"\xff\n")
        elif number == 3 and how == "list":
            print("[]")
        elif number == 3 and how == "half":
            print('{"outcome": "determined"}')
        elif number == 3 and how == "silent":
            pass
        elif number == 3 and how == "twice":
            print(answer + "\n" + answer)
        else:
            print(answer)
        sys.stdout.flush()
    if how == "status":
        sys.exit(7)


if __name__ == "__main__":
    main(sys.argv[1])
