# SPDX-License-Identifier: Apache-2.0
"""bench/generate_clips: the command."""
import argparse
import pathlib
import sys

from . import clips


def main():
    parser = argparse.ArgumentParser(
        prog="bench/generate_clips", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Draws clips and layouts by rule and seed; equal words give equal bytes. Kinds:\n"
        + "\n".join(f"  {kind:<10} {what}, drawn {width} nm wide" for kind, (width, what) in clips.KINDS.items()))
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="(all)")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, help="folder")
    parser.add_argument("--count", type=int, default=1, help="clips of each kind (1)")
    parser.add_argument("--seed", type=int, default=1, help="of the first clip (1)")
    parser.add_argument("--size-nm", type=int, default=1024, help="side of what is drawn (1024)")
    parser.add_argument("--width-nm", type=int, help="drawn width (by kind)")
    parser.add_argument("--format", choices=("glp", "gds", "oas"), default="glp")
    arguments = parser.parse_args()
    unknown = [k for k in arguments.kinds if k not in clips.KINDS]
    if unknown:
        parser.error(f"there is no kind {', '.join(unknown)}; there are {', '.join(clips.KINDS)}")
    if arguments.format == "glp" and arguments.size_nm > 1024:
        parser.error("a GLP clip is drawn in 1024 nm; larger drawings are --format gds or oas")
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
        for kind in arguments.kinds or clips.KINDS:
            for seed in range(arguments.seed, arguments.seed + arguments.count):
                name = f"{kind}_{seed}"
                layout = clips.draw(kind, seed, arguments.size_nm, arguments.width_nm)
                clips.write(layout, arguments.output / f"{name}.{arguments.format}", name)
                print(arguments.output / f"{name}.{arguments.format}")
    except (ValueError, OSError) as problem:
        print(f"bench/generate_clips: {problem}", file=sys.stderr)
        return 3
    return 0
