"""`easel health`: whether the running bot is connected. A container's health check."""

from bot import heartbeat
from bot.cli.say import fail, out
from bot.settings import read_settings


def run_health() -> int:
    """Look at the heartbeat, which a bot leaves only while it is connected; 1 if there is no young one."""
    settings = read_settings()
    folder, process = settings.easel_data_dir, settings.easel_process
    try:
        age = heartbeat.age(folder, process)
    except OSError as error:
        return fail(f"The heartbeat in {folder} cannot be looked at: {error.strerror}.")
    if age is None:
        return fail(f"No bot that keeps its data in {folder} as {process} has connected to Discord yet.")
    if age >= heartbeat.OLD_SECONDS:
        return fail(f"The bot is not connected to Discord: its last sign of life is {age:.0f} seconds old.")
    out.print(f"The bot was connected to Discord {age:.0f} seconds ago.")
    return 0
