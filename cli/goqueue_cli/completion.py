"""`goqueue completion`: what a shell needs to complete our words."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_INSTALL = {
    "bash": "goqueue completion bash > ~/.local/share/bash-completion/completions/goqueue",
    "zsh": "goqueue completion zsh > _goqueue, in a folder of $fpath",
}


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for a shell.

    \b
    bash: goqueue completion bash > ~/.local/share/bash-completion/completions/goqueue
    zsh:  goqueue completion zsh > _goqueue, in a folder of $fpath
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows both
    source = kind(context.find_root().command, {}, "goqueue", "_GOQUEUE_COMPLETE").source().strip()
    comment = f"# To install: {_INSTALL[shell]}"
    if shell == "zsh":  # `#compdef` must stay its first line
        first, _, rest = source.partition("\n")
        click.echo(f"{first}\n{comment}\n{rest}")
    else:
        click.echo(f"{comment}\n{source}")
