"""peer-aiohttp.py N PORTS: gets N pages of the slow origin at once, as aiohttp does it. Prints the milliseconds of wall
and CPU time, and the bytes of memory for each transfer while all but the first were under way."""
import asyncio
import re
import resource
import sys
import time

import aiohttp

N_PAGES = int(sys.argv[1])
PORTS = [int(port) for port in sys.argv[2].split(",")]


def resident():
    with open("/proc/self/smaps_rollup", encoding="ascii") as file:
        return int(re.search(r"^Anonymous: +(\d+) kB", file.read(), re.MULTILINE).group(1)) * 1024


async def main():
    during = []

    async def get(session, number):
        url = f"http://127.0.0.1:{PORTS[number % len(PORTS)]}/?delay_ms=200&bytes=1024"
        async with session.get(url) as answer:
            if answer.status != 200 or len(await answer.read()) != 1024:
                sys.exit("not the page that was asked for")
        if not during:
            during.append(resident())

    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        before, wall, cpu = resident(), time.perf_counter(), time.process_time()
        await asyncio.gather(*(get(session, number) for number in range(N_PAGES)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(wall * 1000, cpu * 1000, (during[0] - before) / N_PAGES)


resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
asyncio.run(main())
