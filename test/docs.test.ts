import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { codeOf } from './architecture/source-text.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const SELF = relative(ROOT, fileURLToPath(import.meta.url))
const SOURCES = ['contracts/src', 'contracts/protocol', 'contracts/client', 'node', 'cli', 'test', 'tools']
  .flatMap(filesUnder)
  .filter((path) => /\.(?:ts|sol|mjs)$/.test(path))
const DOCUMENTS = ['README.md', 'SECURITY.md', ...filesUnder('docs').filter((path) => path.endsWith('.md'))]

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
}

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Files of the repository, by their path from its root, that the comments of a source name. */
function pathsIn(source: string): string[] {
  const comments = codeOf(source).comments.join('\n')
  const path = /(?<![\w./@-])(?:cli|contracts|docs|node|test|tools)\/[\w./-]*\.(?:json|md|mjs|sol|toml|ts)\b/g
  return [...comments.matchAll(path)].map(([named]) => named)
}

/** Requirement ids that a text names: … */
function requirementsIn(text: string): Set<string> {
  return new Set(text.match(/R-\d{3}/g))
}

/** Targets of relative Markdown links, without their anchors. */
function linksIn(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !target.includes('://'))
}

/** The fragments of a document's headings, as GitHub makes them. */
function fragmentsOf(path: string): Set<string> {
  const prose = textOf(path).replaceAll(/^```.*?^```$/gms, '')
  return new Set(
    [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** Links with a fragment, to this document or another, that lead to no heading. */
function lostFragments(document: string): string[] {
  const links = [...textOf(document).matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)]
  return links.flatMap(([, target = '', fragment = '']) => {
    const path = target === '' ? document : join(dirname(document), target)
    return path.endsWith('.md') && !fragmentsOf(path).has(fragment) ? [`${target}#${fragment}`] : []
  })
}

describe('the comments of the sources', () => {
  test('name only files that exist', () => {
    const named = SOURCES.flatMap((path) => pathsIn(textOf(path)).map((target) => ({ path, target })))
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter(({ target }) => !existsSync(join(ROOT, target)))).toEqual([])
  })
})

describe('docs/spec.md', () => {
  test('has every requirement that it states cited by a test', () => {
    const stated = requirementsIn(textOf('docs/spec.md'))
    const tests = filesUnder('test').filter((path) => path !== SELF && /\.(t\.sol|test\.ts)$/.test(path))
    const cited = requirementsIn(tests.map(textOf).join('\n'))
    expect(stated.size).toBeGreaterThan(15)
    expect([...stated].filter((id) => !cited.has(id))).toEqual([])
  })
})

describe('docs/adr/README.md', () => {
  test('lists every decision by its title, in order', () => {
    const files = readdirSync(join(ROOT, 'docs/adr')).filter((name) => /^\d/.test(name))
    const entries = files.toSorted().map((file) => {
      const [, number, title] = /^# (\d+)\. (.*)/.exec(textOf(join('docs/adr', file))) ?? []
      return `${number}. [${title}](${file})`
    })
    expect(entries.length).toBeGreaterThan(20)
    expect(textOf('docs/adr/README.md').match(/^\d+\. .*$/gm)).toEqual(entries)
  })
})

describe('docs/architecture.md', () => {
  test('says of every folder of tests and of the command line what it is for', () => {
    const text = textOf('docs/architecture.md')
    const foldersOf = (path: string): string[] =>
      readdirSync(join(ROOT, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    const folders = ['test', 'cli'].flatMap(foldersOf)
    expect(folders.length).toBeGreaterThan(30)
    expect(folders.filter((name) => !text.includes(`\`${name}/\``))).toEqual([])
  })
})

describe.each(DOCUMENTS)('%s', (document) => {
  test('links only to files that exist', () => {
    const links = linksIn(textOf(document))
    expect(links.filter((target) => !existsSync(join(ROOT, dirname(document), target)))).toEqual([])
  })

  test('links only to headings that exist', () => {
    expect(lostFragments(document)).toEqual([])
  })
})
