"""tables.py: what compare.py prints, and which targets are met."""

# times the best C with -ffast-math; times the best of NumPy and PyTorch without flush-to-zero
TARGETS = {"A": (1.5, 35), "B": (8, 75), "C": (1.2, 24), "D": (1.05, 7), "E": (1.2, 4)}
ARRAYS = ("numpy batched", "numpy compact", "torch batched", "torch compact", "torch jit")
RIVALS = (("the best C with -ffast-math", lambda tool: tool.startswith("c ") and "fast" in tool),
          ("the best of NumPy and PyTorch", lambda tool: tool in ARRAYS))


def begin(job, mine):
    updates = mine.get("updates", 0)
    print(f"\nJob {job.name}: {job.kind}, d = {job.d}, {job.cells[0]} x {job.cells[1]} cells x {job.seeds}, at most {job.T}"
          f" iterations; {updates:.4g} coordinate updates", flush=True)
    print(f"  {'':22} {'seconds':>9} {'G updates/s':>12} {'warmsweep is':>13} {'memory MB':>10}")
    row("warmsweep", mine, mine)
    if not mine.get("wrong"):
        if mine["limit"]:
            print(f"  {'':22} {mine['updates_per_second'] / mine['limit']:.2f} of the limit, {mine['limit'] / 1e9:.2f} G/s")
        print(f"  {'':22} of it {mine['inner_seconds']:.3f} s from the first trajectory to the last; with a cold cache"
              f" {mine['cold_seconds']:.2f} s")
        if mine.get("flagged_outcomes_that_differ"):
            print(f"  {'':22} {mine['flagged_outcomes_that_differ']} outcomes differ from float64, all flagged underflow", flush=True)


def row(tool, result, mine):
    if result.get("wrong"):
        print(f"  {tool:22} wrong: {result['wrong']}", flush=True)
        return
    times = mine["updates_per_second"] and not mine.get("wrong") and mine["updates_per_second"] / result["updates_per_second"]
    sampled = f"  (of {result['sampled_trajectories']} trajectories)" if "sampled_trajectories" in result else ""
    print(f"  {tool:22} {result['seconds']:9.3f} {result['updates_per_second'] / 1e9:12.4f} {times:12.2f}x"
          f" {result['memory_MB']:10.1f}{' *' if result['busy'] else ''}{sampled}", flush=True)


def best(rows, chosen):
    right = [(rows[name]["updates_per_second"], name) for name in rows if chosen(name) and not rows[name].get("wrong")]
    return max(right, default=(None, None))


def targets(jobs):
    """A row a target: job, against whom, asked, measured, met."""
    result = []
    print("\nTargets, one core, whole job")
    for name, rows in jobs.items():
        mine = rows["warmsweep"]
        for asked, (what, chosen) in zip(TARGETS[name], RIVALS):
            rate, tool = best(rows, chosen)
            if rate is None or mine.get("wrong"):
                print(f"  {name}: {what}: not measured")
                continue
            times = mine["updates_per_second"] / rate
            result.append({"job": name, "against": what, "tool": tool, "asked": asked, "measured": times, "met": times >= asked})
            print(f"  {name}: {times:7.2f} times {what} ({tool}); asked {asked}: {'met' if times >= asked else 'MISSED'}", flush=True)
    return result


def begin_dimensions():
    print("\nGD on the quadratic in d dimensions, one core, whole job; G updates/s")
    print(f"  {'d':>6} {'warmsweep':>10} {'of limit':>9} {'best peer':>10} {'warmsweep is':>13}")


def dimension(d, rows):
    mine = rows["warmsweep"]
    if mine.get("wrong"):
        print(f"  {d:6} wrong: {mine['wrong']}", flush=True)
        return
    rate, tool = best({name: row for name, row in rows.items() if name != "warmsweep"}, lambda name: True)
    print(f"  {d:6} {mine['updates_per_second'] / 1e9:10.3f} {mine['updates_per_second'] / mine['limit']:9.2f} {rate / 1e9:10.3f}"
          f" {mine['updates_per_second'] / rate:12.2f}x  {tool}", flush=True)


def cores(rows):
    print("\nTwo cores against one")
    for name, row in rows.items():
        one, two, c = row["one"], row["two"], row["best c on two"]
        if one.get("wrong") or two.get("wrong"):
            print(f"  {name}: wrong: {one.get('wrong') or two.get('wrong')}")
            continue
        against = f"; {c['wall_seconds'] / two['wall_seconds']:.2f} times the best C on two cores" if c else ""
        print(f"  {name}: {one['wall_seconds']:.3f} s -> {two['wall_seconds']:.3f} s, {one['wall_seconds'] / two['wall_seconds']:.2f}x"
              f" ({one['inner_seconds'] / two['inner_seconds']:.2f}x without start and end){against}", flush=True)


def long_job(job, mine, rows, cores):
    """A job of minutes on all cores. The peers did a 64th of its cells as job D on one core, and are taken to scale perfectly with both."""
    result = {"cells": job.cells, "replicates": job.seeds, "cores": cores, "warmsweep": mine}
    if mine.get("wrong"):
        print(f"\nLong job: wrong: {mine['wrong']}")
        return result
    print(f"\nSGD on {job.cells[0]} x {job.cells[1]} cells x {job.seeds} replicates, {cores} cores, end to end")
    print(f"  {'warmsweep':22} {mine['seconds'] / 60:8.2f} minutes, {mine['memory_MB']:.0f} MB, measured")
    updates = rows["warmsweep"]["updates"] * job.cells[0] * job.cells[1] / (32 * 32)
    result["peers_seconds_extrapolated"] = {tool: updates / row["updates_per_second"] / cores for tool, row in rows.items()
                                            if tool != "warmsweep" and not row.get("wrong")}
    for tool, seconds in sorted(result["peers_seconds_extrapolated"].items(), key=lambda pair: pair[1]):
        print(f"  {tool:22} {seconds / 60:8.2f} minutes, extrapolated from job D", flush=True)
    return result
