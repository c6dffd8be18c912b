"""Prints the resource types that the installed moto's CloudFormation creates, as a JSON list."""

import json

from moto.cloudformation.parsing import get_model_map

print(json.dumps(sorted(get_model_map())))
