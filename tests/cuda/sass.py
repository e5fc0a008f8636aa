"""sass.py: what can be read from a cubin without NVIDIA's disassembler: registers, stack, and the instructions of a kernel.

A cubin is an ELF file. An instruction of the architectures sm_70 and later has 16 bytes; its opcode is the low 12 bits, of which the
upper three say where operands come from. A branch's target, relative to the next instruction, is bits 34 to 81 and 16 to 23.
"""
import struct
from collections import Counter, namedtuple

NAMES = {0x002: "MOV", 0x007: "SEL", 0x008: "FSEL", 0x00b: "FSETP", 0x00c: "ISETP", 0x010: "IADD3", 0x011: "LEA", 0x012: "LOP3",
         0x019: "SHF", 0x01a: "BFE", 0x020: "FMUL", 0x021: "FADD", 0x023: "FFMA", 0x024: "IMAD", 0x025: "IMAD.WIDE", 0x027: "IMAD.HI",
         0x028: "DMUL", 0x029: "DADD", 0x02a: "DSETP", 0x02b: "DFMA", 0x045: "I2FP", 0x04a: "F2F", 0x106: "I2F", 0x108: "MUFU",
         0x110: "F2F", 0x118: "NOP", 0x144: "CALL", 0x147: "BRA", 0x14d: "EXIT", 0x150: "RET", 0x181: "LDG", 0x182: "LDC", 0x183: "LDL",
         0x184: "LDS", 0x186: "STG", 0x187: "STL", 0x188: "STS", 0x189: "SHFL", 0x1a8: "ATOMG", 0x1c3: "S2UR", 0x119: "S2R", 0x15d: "NANOSLEEP",
         0x141: "BSYNC", 0x145: "BSSY", 0x148: "WARPSYNC", 0x01d: "BAR", 0x11d: "BAR", 0x006: "VOTE", 0x003: "P2R", 0x00a: "PLOP3", 0x01c: "PLOP3"}
FP = {"FMUL", "FADD", "FFMA", "DMUL", "DADD", "DFMA"}
Kernel = namedtuple("Kernel", "code registers stack")
Loop = namedtuple("Loop", "first last opcodes")


def sections(cubin):
    offset, = struct.unpack_from("<Q", cubin, 0x28)
    size, count, names_index = struct.unpack_from("<HHH", cubin, 0x3a)
    rows = [struct.unpack_from("<IIQQQQIIQQ", cubin, offset + i * size) for i in range(count)]
    base = rows[names_index][4]
    name = lambda at: cubin[base + at:cubin.index(b"\0", base + at)].decode()
    return [(name(row[0]), cubin[row[4]:row[4] + row[5]] if row[1] != 8 else b"", row) for row in rows]


def kernel(cubin, name):
    code, registers, stack, functions = None, None, 0, {}
    all_sections = sections(cubin)
    symbols = next(data for title, data, _ in all_sections if title == ".symtab")
    strings = next(data for title, data, _ in all_sections if title == ".strtab")
    for i in range(len(symbols) // 24):
        at, = struct.unpack_from("<I", symbols, 24 * i)
        functions[i] = strings[at:strings.index(b"\0", at)].decode()
    for title, data, row in all_sections:
        if title == f".text.{name}":
            code = data
        if title == ".nv.info":
            at = 0
            while at < len(data):
                form, attribute, size = data[at], data[at + 1], struct.unpack_from("<H", data, at + 2)[0]
                at += 4
                if form != 4:
                    continue
                if size >= 8 and attribute in (0x2f, 0x11):
                    symbol, value = struct.unpack_from("<II", data, at)
                    if functions.get(symbol) == name and attribute == 0x2f:
                        registers = value
                    if functions.get(symbol) == name and attribute == 0x11:
                        stack = value
                at += size
    return Kernel(code, registers, stack)


FACTS = "abi kernel_abi precision lanes dimension coefficients real_bytes threads slots threads_a_trajectory held pass_ shared_bytes slot_bytes"


def facts(cubin):
    """The variable ws_cuda_kernel (record_cuda.h), as the host reads it."""
    rows = sections(cubin)
    symbols = next(data for title, data, _ in rows if title == ".symtab")
    strings = next(data for title, data, _ in rows if title == ".strtab")
    for at in range(0, len(symbols), 24):
        name, _, _, section, value, _ = struct.unpack_from("<IBBHQQ", symbols, at)
        if strings[name:strings.index(b"\0", name)] == b"ws_cuda_kernel":
            fields = FACTS.split()
            return namedtuple("Facts", fields)(*struct.unpack_from("<4iq7iIQ", rows[section][1], value))


Instruction = namedtuple("Instruction", "name target always")  # target: of a branch; always: it is not conditional


def instructions(code):
    result = []
    for at in range(0, len(code), 16):
        word = int.from_bytes(code[at:at + 16], "little")
        name, target = NAMES.get(word & 0x1ff, hex(word & 0xfff)), None
        always = (word >> 12) & 15 == 7 and (name != "BRA" or (word >> 87) & 15 == 7)
        if name == "BRA":
            offset = ((word >> 34) & ((1 << 48) - 1)) << 8 | (word >> 16) & 0xff
            offset = offset - (1 << 56) if offset >> 55 else offset
            target = (at + 16 + 4 * offset) // 16
        result.append(Instruction(name, target, always))
    return result


def loops(listing):
    """Innermost loops, the one with the most arithmetic first."""
    spans = sorted({(x.target, i) for i, x in enumerate(listing) if x.target is not None and x.target <= i})
    inner = [s for s in spans if not any(o != s and s[0] <= o[0] and o[1] <= s[1] for o in spans)]
    result = [Loop(a, b, Counter(x.name for x in listing[a:b + 1])) for a, b in inner]
    return sorted(result, key=lambda l: -sum(n for name, n in l.opcodes.items() if name in FP))


def shortest_way(listing, start, goal):
    """The fewest instructions from just behind `start` to `goal`: (count, list of indices), by Dijkstra over single instructions."""
    import heapq

    best, before, heap = {start + 1: 0}, {}, [(0, start + 1)]
    while heap:
        count, at = heapq.heappop(heap)
        if at == goal:
            way = [at]
            while way[-1] in before:
                way.append(before[way[-1]])
            return count, way[::-1][:-1]
        if count > best[at] or at >= len(listing):
            continue
        x = listing[at]
        following = [] if x.name in ("EXIT", "RET") and x.always else [at + 1]
        if x.name == "BRA":
            following = [x.target] + ([] if x.always else [at + 1])
        for to in following:
            if count + 1 < best.get(to, 1 << 60):
                best[to] = count + 1
                before[to] = at
                heapq.heappush(heap, (count + 1, to))
    return None, []


Count = namedtuple("Count", "loop batch")


def instructions_per_update(cubin):
    """Instructions of a thread for one update of one coordinate, along the shortest ways through the machine code: in the hot loop alone,
    and of a whole uneventful batch where one pass holds all coordinates of the thread (else None)."""
    at, listing = facts(cubin), instructions(kernel(cubin, "ws_cuda_run").code)
    hot = loops(listing)[0]
    one_pass = shortest_way(listing, hot.first - 1, hot.last)[0] + 1
    loop = one_pass / (at.held * at.pass_)
    lanes = at.lanes // at.threads_a_trajectory
    if at.held < lanes * -(-at.dimension // at.lanes):
        return Count(loop, None)
    between = shortest_way(listing, hot.last, hot.first)[0]
    return Count(loop, (one_pass * 16 / at.pass_ + between) / (16 * at.held))
