"""stopwatch.py SECONDS COMMAND...: runs a command until SECONDS are used (at most five times) and prints, as JSON, the best time from its
start to its end, the best processor time, its largest resident memory, and what it printed the last time. It stands between a launcher
and the program, so that the launcher's own waiting is not counted."""
import json
import os
import subprocess
import sys
import time

times, processor, memory = [], [], 0
while not times or (sum(times) < float(sys.argv[1]) and len(times) < 5):
    start = time.perf_counter()
    child = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, text=True)
    text = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    times.append(time.perf_counter() - start)
    processor.append(usage.ru_utime + usage.ru_stime)
    memory = max(memory, usage.ru_maxrss)
    if status:
        sys.exit(os.waitstatus_to_exitcode(status))
print(json.dumps({"seconds": min(times), "processor_seconds": min(processor), "runs": len(times), "memory_MB": round(memory / 1024, 1), "printed": text}))
