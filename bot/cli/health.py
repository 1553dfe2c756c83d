"""`easel health`: whether the running bot is connected. A container's health check."""

from bot import heartbeat
from bot.cli.say import fail, out
from bot.settings import read_settings


def run_health() -> int:
    """Look at the heartbeat, which a bot leaves only while it is connected; 1 if there is no young one."""
    folder = read_settings().easel_data_dir
    try:
        age = heartbeat.age(folder)
    except OSError as error:
        return fail(f"The heartbeat in {folder} cannot be looked at: {error.strerror}.")
    if age is None:
        return fail(f"No bot that keeps its data in {folder} has connected to Discord yet.")
    if age >= heartbeat.OLD_SECONDS:
        return fail(f"The bot is not connected to Discord: its last sign of life is {age:.0f} seconds old.")
    out.print(f"The bot was connected to Discord {age:.0f} seconds ago.")
    return 0
