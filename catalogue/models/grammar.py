"""A text that has to fit a pattern, for the reader and for the editor's schema alike."""

import re
from dataclasses import dataclass

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True)
class Grammar:
    """Put into `Annotated[str, …]`: refuses what doesn't fit. `complaint` reads `what is wrong; cure`."""

    pattern: str
    complaint: str
    limit: int = 253

    def check(self, text: str) -> str:
        """The text itself. Raises ValueError when it is too long or doesn't fit."""
        if len(text) > self.limit:
            raise ValueError(f"has {len(text)} characters; use at most {self.limit}")
        if not re.fullmatch(self.pattern, text):
            raise ValueError(self.complaint)
        return text

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), "pattern": f"^(?:{self.pattern})$"}
