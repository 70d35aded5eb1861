import type { Command } from '../../store/command.ts'

/** Commands that have every typed word, those that begin with them first; ties keep their order. */
export function matchingCommands(commands: readonly Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const scored = commands.map((command) => ({ command, score: score(`${command.title} ${command.group ?? ''}`.toLowerCase(), words) }))
  return scored
    .filter(({ score: one }) => one > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ command }) => command)
}

// 1 for being there, 1 more for standing at the beginning of a word, 1 more for standing first; 0 once a word is missing.
function score(text: string, words: readonly string[]): number {
  let total = 1
  for (const word of words) {
    const at = text.indexOf(word)
    if (at < 0) return 0
    total += at === 0 ? 3 : text[at - 1] === ' ' || text.includes(` ${word}`) ? 2 : 1
  }
  return total
}
