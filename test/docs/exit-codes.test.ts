import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { EXIT, EXIT_MEANINGS } from '../../cli/exit-code.ts'
import { assize } from '../cli/command-line.ts'

test('every exit code has one meaning, the same in docs/quickstart.md and in the help', async () => {
  const table = readFileSync('docs/quickstart.md', 'utf8').split('| exit code | meaning |\n| --- | --- |\n')[1] ?? ''
  const rows = [...table.split('\n\n')[0]!.matchAll(/^\| (\d+) \| (.*) \|$/gm)]
  const documented = rows.map(([, code, meaning]) => [Number(code), meaning])
  expect(documented).toEqual(EXIT_MEANINGS)
  expect(documented.map(([code]) => code)).toEqual(Object.values(EXIT))
  const { out } = await assize(['--help'])
  const printed = [...(out.split('Exit codes:\n')[1] ?? '').matchAll(/^ {2}(\d+) +(.*)$/gm)]
  const plain = rows.map(([, code, meaning]) => [code, meaning?.replaceAll('`', '')])
  expect(printed.map(([, code, meaning]) => [code, meaning])).toEqual(plain)
})

test('a code of its own says which commands end with it', () => {
  const sources = globSync('cli/commands/*.ts').map((path) => ({
    command: basename(path, '.ts').replace('-', ' '),
    text: readFileSync(path, 'utf8'),
  }))
  for (const [code, name] of [
    [EXIT.abstained, 'EXIT.abstained'],
    [EXIT.notFinal, 'EXIT.notFinal'],
  ] as const) {
    const ending = sources.filter(({ text }) => text.includes(name))
    expect(ending.length).toBeGreaterThan(1)
    const [, meaning = ''] = EXIT_MEANINGS.find(([one]) => one === code) ?? []
    expect(ending.filter(({ command }) => !meaning.includes(`\`${command}`))).toEqual([])
  }
})
