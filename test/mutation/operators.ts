import type { Proposal } from './mutant.ts'
import { type Place, replacing, textOf } from './place.ts'
import { returnProposals, statementProposals } from './statement-operators.ts'
import { child, children, list, type Node, type Source, spanOf, typeOf, word } from './syntax.ts'
import { yulProposals } from './yul-operators.ts'

const BINARY: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '+': ['-', '*'],
  '-': ['+', '*'],
  '*': ['/', '+'],
  '/': ['*', '-'],
  '%': ['*', '/'],
  '&&': ['||'],
  '||': ['&&'],
  '&': ['|', '^'],
  '|': ['&'],
  '^': ['&', '|'],
  '<<': ['>>'],
  '>>': ['<<'],
}
const ASSIGNMENT: Readonly<Record<string, readonly string[]>> = {
  '+=': ['-=', '='],
  '-=': ['+=', '='],
  '*=': ['/=', '='],
  '/=': ['*=', '='],
  '|=': ['&=', '='],
  '&=': ['|=', '='],
}
/** Binary operators, those that bind most first. */
const BINDING = [
  ['**'],
  ['*', '/', '%'],
  ['+', '-'],
  ['<<', '>>'],
  ['&'],
  ['^'],
  ['|'],
  ['<', '<=', '>', '>='],
  ['==', '!='],
  ['&&'],
  ['||'],
]
const MOST_SWAPS = 3

/** Every proposal for a source. */
export function proposalsFor(source: Source, enums: Place['enums']): readonly Proposal[] {
  return walk(source.tree, { source, enums })
}

function walk(node: Node, place: Place): readonly Proposal[] {
  if (node.nodeType === 'InlineAssembly') return yulProposals(node, place.source.text)
  const here = { ...place, ...rationalAt(node, place), ...constantAt(node) }
  const below = descend(node).flatMap((each) => walk(each, withCast(node, each, here)))
  return [...proposalsAt(node, here), ...below]
}

/** The fields in which code stands: not types, not the arguments of base constructors. */
function descend(node: Node): readonly Node[] {
  const skipped = ['ModifierInvocation', 'UsingForDirective', 'ImportDirective', 'InheritanceSpecifier']
  if (skipped.includes(node.nodeType)) return []
  return children(node).filter(
    (each) => each !== child(node, 'typeName') && each.nodeType !== 'ElementaryTypeNameExpression',
  )
}

function rationalAt(node: Node, { rational }: Place): Pick<Place, 'rational'> {
  if (!typeOf(node).startsWith('t_rational')) return {}
  return { rational: rational ?? { span: spanOf(node) } }
}

function constantAt(node: Node): Pick<Place, 'constant'> {
  const value = child(node, 'value')
  if (node.nodeType !== 'VariableDeclaration' || node['constant'] !== true || value === undefined) return {}
  return { constant: { declaration: Number(node['id']), span: spanOf(value) } }
}

/** A number shifted by what is not known yet is a uint256; so must be the number that is chosen for it. */
function withCast(node: Node, each: Node, place: Place): Place {
  const isShifted = ['<<', '>>', '**'].includes(word(node, 'operator')) && each === child(node, 'leftExpression')
  if (!isShifted || place.rational !== undefined || !typeOf(each).startsWith('t_rational')) return place
  return { ...place, rational: { span: spanOf(each), cast: 'uint256' } }
}

function proposalsAt(node: Node, place: Place): readonly Proposal[] {
  switch (node.nodeType) {
    case 'BinaryOperation':
      return binary(node, place)
    case 'UnaryOperation':
      return unary(node, place)
    case 'Assignment':
      return operatorSwaps(node, ASSIGNMENT, ['leftHandSide', 'rightHandSide'], 'assignment', place)
    case 'Conditional':
      return conditional(node, place)
    case 'Literal':
      return literal(node, place)
    case 'MemberAccess':
      return member(node, place)
    case 'FunctionCall':
      return swaps(node, place)
    case 'Return':
      return returnProposals(node, place)
    default:
      return statementProposals(node, place)
  }
}

function binary(node: Node, place: Place): readonly Proposal[] {
  const swapped = operatorSwaps(
    node,
    BINARY,
    ['leftExpression', 'rightExpression'],
    nameOf(word(node, 'operator')),
    place,
  )
  if (!['&&', '||'].includes(word(node, 'operator'))) return swapped
  const sides = ['leftExpression', 'rightExpression'].map((field) =>
    replacing(node, textOf(child(node, field), place), 'logical', place),
  )
  return [...swapped, ...sides]
}

function nameOf(operator: string): string {
  if (['<', '<=', '>', '>=', '==', '!='].includes(operator)) return 'relational'
  if (['&&', '||'].includes(operator)) return 'logical'
  return ['+', '-', '*', '/', '%', '**'].includes(operator) ? 'arithmetic' : 'bitwise'
}

/** The operator between two operands replaced by others. */
function operatorSwaps(
  node: Node,
  table: Readonly<Record<string, readonly string[]>>,
  [left, right]: readonly [string, string],
  name: string,
  place: Place,
): readonly Proposal[] {
  const [a, b] = [child(node, left), child(node, right)]
  if (a === undefined || b === undefined) return []
  const operator = word(node, 'operator')
  const { text } = place.source
  const between = { start: spanOf(a).end, end: spanOf(b).start }
  return (table[operator] ?? []).map((other) => {
    const middle = text.slice(between.start, between.end).replace(operator, other)
    const changed = text.slice(spanOf(node).start, between.start) + middle + text.slice(between.end, spanOf(node).end)
    return replacing(node, bindsLess(other, operator) ? `(${changed})` : changed, name, place)
  })
}

/** Whether the operands around must be kept off an operator by brackets. */
function bindsLess(operator: string, original: string): boolean {
  const strength = (each: string): number => BINDING.findIndex((level) => level.includes(each))
  return strength(operator) > strength(original)
}

function unary(node: Node, place: Place): readonly Proposal[] {
  const operator = word(node, 'operator')
  const operand = textOf(child(node, 'subExpression'), place)
  if (operator === '!') return [replacing(node, operand, 'negation', place)]
  const opposite = { '++': '--', '--': '++' }[operator]
  if (opposite === undefined) return []
  const text = node['prefix'] === true ? `${opposite}${operand}` : `${operand}${opposite}`
  return [replacing(node, text, 'arithmetic', place)]
}

function conditional(node: Node, place: Place): readonly Proposal[] {
  const [condition, yes, no] = ['condition', 'trueExpression', 'falseExpression'].map((field) =>
    textOf(child(node, field), place),
  )
  return [`${condition} ? ${no} : ${yes}`, `${yes}`, `${no}`].map((text) => replacing(node, text, 'ternary', place))
}

function literal(node: Node, place: Place): readonly Proposal[] {
  const text = textOf(node, place)
  if (word(node, 'kind') === 'bool') return [replacing(node, text === 'true' ? 'false' : 'true', 'constant', place)]
  if (word(node, 'kind') !== 'number' || typeOf(node).startsWith('t_address')) return []
  const value = Number(text.replaceAll('_', ''))
  const others = value === 0 ? ['1'] : value === 1 ? ['2', '0'] : [`(${text} + 1)`, `(${text} - 1)`, '0']
  return others.map((other) => replacing(node, other, 'constant', place))
}

/** A member of an enum replaced by the next. */
function member(node: Node, place: Place): readonly Proposal[] {
  const type = child(node, 'expression')
  const declaration = type === undefined ? undefined : type['referencedDeclaration']
  const members = place.enums.get(Number(declaration)) ?? []
  const at = members.indexOf(word(node, 'memberName'))
  if (at === -1 || type === undefined) return []
  return [replacing(node, `${textOf(type, place)}.${members[(at + 1) % members.length]}`, 'constant', place)]
}

/** Two arguments of one type change places. */
function swaps(node: Node, place: Place): readonly Proposal[] {
  const args = word(node, 'kind') === 'functionCall' ? list(node, 'arguments') : []
  const pairs = args.flatMap((a, i) => args.slice(i + 1).map((b): readonly [Node, Node] => [a, b]))
  return pairs
    .filter(([a, b]) => typeOf(a) === typeOf(b) && textOf(a, place) !== textOf(b, place))
    .filter(([a, b]) => word(a, 'kind') !== 'string' && word(b, 'kind') !== 'string')
    .slice(0, MOST_SWAPS)
    .map(([a, b]) => {
      const parts = [
        { ...spanOf(a), text: textOf(b, place) },
        { ...spanOf(b), text: textOf(a, place) },
      ]
      return { operator: 'swapped arguments', parts, guard: { form: 'expression', parts } }
    })
}
