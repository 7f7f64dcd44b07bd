"""Runs in the environment of the package `coactive`: a line of JSON is a call of its client, a line is answered."""

import io
import json
import sys

import coactive
from coactive.client import Coactive
from coactive.core.api_error import ApiError
from coactive.core.jsonable_encoder import jsonable_encoder


def made(value):
    if isinstance(value, list):
        return [made(each) for each in value]
    if isinstance(value, dict) and "type" in value:
        fields = {name: made(each) for name, each in value.items() if name != "type"}
        return getattr(coactive, value["type"])(**fields)
    if isinstance(value, dict) and set(value) == {"file"}:
        return io.BytesIO(value["file"].encode())
    return value


def main():
    client = Coactive(**json.loads(sys.argv[1]))
    for line in sys.stdin:
        call = json.loads(line)
        noun, _, name = call["method"].partition(".")
        try:
            found = getattr(getattr(client, noun), name)(**{k: made(v) for k, v in call["options"].items()})
            said = {"result": jsonable_encoder(found)}
        except ApiError as error:
            said = {
                "error": type(error).__name__,
                "status": error.status_code,
                "body": jsonable_encoder(error.body),
            }
        print(json.dumps(said), flush=True)


main()
