"""Run bot.py, or another script, against a loopback Discord: python tests/launch.py ADDRESS [SCRIPT]."""

import runpy
import sys
from pathlib import Path

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

address = yarl.URL(sys.argv[1])
script = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent.parent / "bot.py"
if address.host != "127.0.0.1":
    sys.exit(f"{address} is not this machine: a token must not go there")

Route.BASE = f"{address.origin()}/api/v10"
DiscordWebSocket.DEFAULT_GATEWAY = address.origin().with_scheme("ws") / "gateway"

# as it is for a script that is started by itself
sys.argv = [str(script)]
sys.path[0] = str(script.parent)
runpy.run_path(str(script), run_name="__main__")
