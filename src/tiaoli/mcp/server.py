"""The Model Context Protocol: questions as an assistant's tools, the notice as resources, and how to put a case as a prompt.

What is asked is answered elsewhere, by who can be stopped; here is only the protocol. A mistake in a call is an answer that says where,
what and what to do, so that the assistant can mend it; nothing of the program's inside leaves with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from tiaoli.base import Lang, Statement, __version__, choices, shown
from tiaoli.mcp.standard_input import arguments_as_sent, standard_input
from tiaoli.mcp.tools import TOOLS, ToolAnswer, ToolCall, ToolHandler, input_schema, output_schema
from tiaoli.policy import Policy
from tiaoli.protocol import ProblemDetails, RefusedError, ServiceConfig
from tiaoli.service import Workers

INSTRUCTIONS = Statement(
    "凡涉及{number}的问题，一律用本服务的工具回答，不凭记忆作答。把当事人说明的事实按案件格式填写，不知道的一律不填，不得猜测。"
    "结论为 unknown 时，用 ask 查明应当询问当事人的事项。回答时引用工具给出的条款和原文，并说明采用了哪些解释、哪些列表按空处理。",
    "Answer every question about {number} with these tools, not from memory. Put what the applicant said into the case format and leave "
    "out what you do not know: never guess a fact. Where the outcome is unknown, `ask` says what to ask the applicant. In your answer cite "
    "the clauses and sentences that the tools quote, and say which readings were taken and which absent lists were taken as empty.",
)
ASSESS = Statement(
    "请依据{number}判断下述情况可以享受哪些待遇。先用 decide 作出决定；结论为 unknown 的，用 ask 列出还应询问的事项；不予享受的，"
    "用 why_not 说明理由，用 what_if 说明如何才能享受。\n\n{facts}",
    "Decide under {number} what the following person or institution is entitled to. Call decide first; where an outcome is unknown, call "
    "ask for what is still to be asked; where it is a refusal, call why_not for the reasons, what_if for what would change it.\n\n{facts}",
)


def create_server(policies: Mapping[str, Policy], workers: Workers, lang: Lang) -> Server[Any]:
    """The protocol's server: the policies served by id, workers whose handler is a `ToolHandler`, and the language of what is said
    unasked."""
    first = next(iter(policies.values()))
    pages = _pages(policies, lang)

    async def list_tools(_context: Any, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(policies, name, lang) for name in TOOLS])

    async def call_tool(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        if params.name not in TOOLS:
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {shown(params.name)}; {choices(TOOLS, params.name).en}")
        given = params.arguments or {}
        try:
            told = await asked(params.name, arguments_as_sent(params.meta) or _body(given))
        except RefusedError as refused:
            return _refusal(refused.details, "zh" if given.get("lang", lang) == "zh" else "en")
        return types.CallToolResult(content=[types.TextContent(text=told.text)], structured_content=told.content)

    async def asked(name: str, body: bytes) -> ToolAnswer:
        told: ToolAnswer = await workers.run(ToolCall(name, body, lang), patient=True)
        return told

    async def list_resources(_context: Any, _params: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=[resource for resource, _ in pages.values()])

    async def read_resource(_context: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        if params.uri not in pages:
            raise MCPError(types.INVALID_PARAMS, f"there is no resource {shown(params.uri)}", {"uri": params.uri})
        resource, page = pages[params.uri]
        told = await asked("notice", _body(page))
        return types.ReadResourceResult(contents=[types.TextResourceContents(uri=params.uri, mime_type=resource.mime_type, text=told.text)])

    async def list_prompts(_context: Any, _params: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
        facts = Statement("当事人的情况，用自己的话写", "the applicant's circumstances, in plain words")
        about = Statement("依据通知判断一种情况", "Decide a situation under the notice")
        argument = types.PromptArgument(name="facts", description=facts.say(lang), required=True)
        return types.ListPromptsResult(prompts=[types.Prompt(name="assess", description=about.say(lang), arguments=[argument])])

    async def get_prompt(_context: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        given = params.arguments or {}
        if params.name != "assess" or set(given) != {"facts"}:
            raise MCPError(types.INVALID_PARAMS, "the one prompt is `assess`, with the argument `facts`")
        text = ASSESS.say(lang).format(number=first.number, facts=given["facts"])
        return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=types.TextContent(text=text))])

    return Server(
        "tiaoli",
        version=__version__,
        title=Statement("条理", "Tiaoli").say(lang),
        instructions=INSTRUCTIONS.say(lang).format(number="、".join(policy.number for policy in policies.values())),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )


async def serve(config: ServiceConfig, policies: Mapping[str, Policy], wanted: int, lang: Lang) -> None:
    """Serve one client over standard input and output, until it closes them, with so many workers."""
    workers = Workers(config, wanted, ToolHandler)
    tools = create_server(policies, workers, lang)
    # within, standard input and output are the protocol's alone, and the workers do not get them
    with standard_input() as stdin:
        async with stdio_server(stdin) as (incoming, outgoing):
            try:
                await workers.start()
                await tools.run(incoming, outgoing, tools.create_initialization_options())
            finally:
                await workers.stop()


def _body(arguments: Mapping[str, Any]) -> bytes:
    return json.dumps(arguments, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _tool(policies: Mapping[str, Policy], name: str, lang: Lang) -> types.Tool:
    tool = TOOLS[name]
    return types.Tool(
        name=name,
        title=tool.title.say(lang),
        description=tool.use.say(lang),
        input_schema=input_schema(policies, name),
        output_schema=output_schema(name),
        annotations=types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )


def _refusal(details: ProblemDetails, lang: Lang) -> types.CallToolResult:
    """Why a call was not answered: every problem with its place, for the assistant to mend."""
    text = "\n".join(problem.say(lang) for problem in details.errors) or details.statement.say(lang)
    return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=details.to_json(lang), is_error=True)


def _pages(policies: Mapping[str, Policy], lang: Lang) -> dict[str, tuple[types.Resource, dict[str, Any]]]:
    """The notice of every policy and each of its clauses as resources, by address, each with what `notice` is asked for it."""
    found = {}
    for name, policy in policies.items():
        whole: dict[str, Any] = {"policy": name}
        asked = [("", policy.title, whole)]
        asked += [(f"/{quote(clause.strip('（）'))}", Statement(clause, clause), whole | {"clause": clause}) for clause in policy.clauses]
        for end, title, page in asked:
            uri = f"tiaoli://{name}/notice{end}"
            resource = types.Resource(
                uri=uri, name=f"{policy.number}{title.zh if end else ''}", title=title.say(lang), mime_type="text/plain"
            )
            found[uri] = (resource, page)
    return found
