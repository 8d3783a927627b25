import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { commandLine } from '../../cli/command-line.ts'

test('a command that is pasted into a shell has the words that it was made of', () => {
  const words = ['a b', "it's", 'https://h/?a=1&k=2', '$HOME', ';rm', '', '"', 'plain-0x12,3.5', '`id`', '\n']
  const shown = execFileSync('bash', ['-c', `printf '%s\\0' ${commandLine(...words)}`], { encoding: 'utf8' })
  expect(shown.split('\0').slice(0, -1)).toEqual(words)
  expect(commandLine('assize', 'contribute', '0x12…', '2500.10', 'rest')).toBe('assize contribute 0x12… 2500.10 rest')
})
