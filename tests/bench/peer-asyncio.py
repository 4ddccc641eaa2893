"""peer-asyncio.py N: how many bytes of memory each of N tasks of asyncio holds that only sleep."""
import asyncio
import re
import sys

N_TASKS = int(sys.argv[1])


def resident():
    with open("/proc/self/smaps_rollup", encoding="ascii") as file:
        return int(re.search(r"^Anonymous: +(\d+) kB", file.read(), re.MULTILINE).group(1)) * 1024


async def main():
    before = resident()
    tasks = [asyncio.create_task(asyncio.sleep(1000)) for _ in range(N_TASKS)]
    await asyncio.sleep(0.2)
    print((resident() - before) / N_TASKS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


asyncio.run(main())
