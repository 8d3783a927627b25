import { type Choice, mark, type Numbered } from './choice.ts'
import { child, children, type Node, type Source, type Span, spanOf, word } from './syntax.ts'

/** A constant with mutants: its declaration's end, behind which the function goes that chooses its value. */
export type ConstantChoice = {
  readonly declaration: number
  readonly file: string
  readonly name: string
  readonly type: string
  readonly end: number
  readonly isInContract: boolean
  readonly others: readonly { readonly number: number; readonly text: string }[]
}

type Declared = Omit<ConstantChoice, 'others'>

/** The constants whose mutants can share a build. Other constants and outsiders read a constant directly. */
export function constantsOf(mutants: readonly Numbered[], sources: readonly Source[]): readonly ConstantChoice[] {
  const choosable = choosableConstants(sources)
  return choosable.flatMap((constant) => {
    const others = mutants.flatMap(({ number, mutant: { guard } }) =>
      guard?.form === 'constant' && guard.declaration === constant.declaration ? [{ number, text: guard.text }] : [],
    )
    return others.length === 0 ? [] : [{ ...constant, others }]
  })
}

/**
 * Declarations of the constants that a function can stand in for, wherever they are used: in assembly, which calls none, a
 * number chosen by arithmetic.
 */
export function choosableConstants(sources: readonly Source[]): readonly Declared[] {
  const direct = new Set(sources.flatMap(({ tree }) => directUses(tree)))
  const inAssembly = new Set(sources.flatMap(({ tree }) => assemblyUses(tree)).map(({ declaration }) => declaration))
  return sources
    .flatMap((source) => declarations(source, source.tree))
    .filter(({ declaration }) => !direct.has(declaration))
    .filter(({ declaration, type }) => type === 'uint256' || !inAssembly.has(declaration))
}

/** Every use of the constants in a source, as a call of the function or as a sum. */
export function usesOf(source: Source, constants: readonly ConstantChoice[]): readonly Choice[] {
  const byDeclaration = new Map(constants.map((constant) => [constant.declaration, constant]))
  const called = references(source.tree).flatMap((node): readonly Choice[] => {
    if (!byDeclaration.has(Number(node['referencedDeclaration']))) return []
    const span = spanOf(node)
    const original = `${source.text.slice(span.start, span.end)}_chosen()`
    return [{ ...span, form: 'expression', cast: false, original, others: [] }]
  })
  const summed = assemblyUses(source.tree).flatMap(({ declaration, start, end }): readonly Choice[] => {
    const others = byDeclaration.get(declaration)?.others
    return others === undefined
      ? []
      : [{ start, end, form: 'value in assembly', cast: false, original: undefined, others }]
  })
  return [...called, ...summed]
}

export function functionText({ name, type, isInContract, others }: ConstantChoice): string {
  const choices = others.map(({ number, text }) => mark(number, `if (isMutant(${number})) return ${text};`))
  return `\nfunction ${name}_chosen() ${isInContract ? 'internal ' : ''}view returns (${type}) { ${choices.join(' ')} return ${name}; }\n`
}

function declarations({ file, text }: Source, tree: Node): Declared[] {
  const found = (node: Node, isInContract: boolean): Declared[] => {
    if (node.nodeType === 'ContractDefinition') return children(node).flatMap((each) => found(each, true))
    const type = child(node, 'typeName')
    if (node.nodeType !== 'VariableDeclaration' || node['constant'] !== true || type === undefined) return []
    if (word(node, 'visibility') === 'public') return []
    const [{ end }, typed] = [spanOf(node), spanOf(type)]
    const name = word(node, 'name')
    const declaration = Number(node['id'])
    const semicolon = text.indexOf(';', end) + 1
    return [{ declaration, file, name, type: text.slice(typed.start, typed.end), end: semicolon, isInContract }]
  }
  return children(tree).flatMap((node) => found(node, false))
}

/** Uses that cannot call a function: in values of other constants and in lengths of arrays. */
function directUses(node: Node): number[] {
  const isFixed =
    (node.nodeType === 'VariableDeclaration' && node['constant'] === true) || node.nodeType === 'ArrayTypeName'
  if (isFixed) return references(node).map((each) => Number(each['referencedDeclaration']))
  return children(node).flatMap(directUses)
}

function assemblyUses(node: Node): (Span & { readonly declaration: number })[] {
  if (node.nodeType !== 'InlineAssembly') return children(node).flatMap(assemblyUses)
  const outer = node['externalReferences'] as readonly { readonly declaration: number; readonly src: string }[] // solc's own
  return outer.map(({ declaration, src }) => ({ ...spanOf({ nodeType: 'YulIdentifier', src }), declaration }))
}

function references(node: Node): Node[] {
  const isReference = node.nodeType === 'Identifier' || node.nodeType === 'MemberAccess'
  const below = children(node).flatMap(references)
  return isReference && typeof node['referencedDeclaration'] === 'number' ? [node, ...below] : below
}
