import type { Proposal } from './mutant.ts'
import { type Place, replacing, textOf } from './place.ts'
import { child, list, type Node, type Span, spanOf, typeOf, word } from './syntax.ts'

const REMOVABLE = ['ExpressionStatement', 'EmitStatement', 'RevertStatement', 'Continue', 'Break']

/** Statements that vanish, conditions that no longer decide, modifiers that are gone. */
export function statementProposals(node: Node, place: Place): readonly Proposal[] {
  switch (node.nodeType) {
    case 'Block':
    case 'UncheckedBlock':
      return [...list(node, 'statements').flatMap((each) => removal(each, place)), ...unchecked(node, place)]
    case 'IfStatement':
      return [...decided(node, ['true', 'false'], place), ...branches(node, place)]
    case 'ForStatement':
    case 'WhileStatement':
      return decided(node, ['false'], place)
    case 'FunctionDefinition':
      return list(node, 'modifiers').flatMap(modifier)
    default:
      return []
  }
}

/** Each value that is returned replaced by its type's zero, or by either truth. */
export function returnProposals(node: Node, place: Place): readonly Proposal[] {
  const value = child(node, 'expression')
  if (value === undefined) return []
  const parts = value.nodeType === 'TupleExpression' ? list(value, 'components') : [value]
  return parts.flatMap((part) =>
    part.nodeType === 'Literal'
      ? []
      : defaults(typeOf(part)).map((text) => replacing(part, text, 'return value', place)),
  )
}

function defaults(type: string): readonly string[] {
  if (type === 't_bool') return ['true', 'false']
  if (/^t_u?int\d+$/.test(type)) return ['0']
  if (type === 't_address') return ['address(0)']
  return type === 't_bytes32' ? ['bytes32(0)'] : []
}

function removal(node: Node, { source }: Place): readonly Proposal[] {
  if (!REMOVABLE.includes(node.nodeType)) return []
  const part = { ...throughSemicolon(source.text, spanOf(node)), text: '' }
  return [{ operator: 'removed statement', parts: [part], guard: { form: 'statement', parts: [part] } }]
}

/** The body of an `if` is removed by its condition, unless there is an `else`: then each on its own. */
function branches(node: Node, place: Place): readonly Proposal[] {
  const [yes, no] = [child(node, 'trueBody'), child(node, 'falseBody')]
  if (yes === undefined || no === undefined) return []
  return [yes, no].flatMap((branch) => {
    if (!REMOVABLE.includes(branch.nodeType)) return []
    const part = { ...throughSemicolon(place.source.text, spanOf(branch)), text: '{ }' }
    return [{ operator: 'removed statement', parts: [part], guard: { form: 'statement', parts: [part] } } as const]
  })
}

function decided(node: Node, outcomes: readonly string[], place: Place): readonly Proposal[] {
  const condition = child(node, 'condition')
  if (condition === undefined) return []
  return outcomes.map((text) => replacing(condition, text, 'condition', place))
}

function unchecked(node: Node, place: Place): readonly Proposal[] {
  if (node.nodeType !== 'UncheckedBlock') return []
  const text = textOf(node, place).replace(/^unchecked\s*/, '')
  const parts = [{ ...spanOf(node), text }]
  return [{ operator: 'checked arithmetic', parts, guard: { form: 'statement', parts } }]
}

function modifier(node: Node): readonly Proposal[] {
  if (word(node, 'kind') !== 'modifierInvocation') return []
  return [{ operator: 'removed modifier', parts: [{ ...spanOf(node), text: '' }] }]
}

/** solc's span of a simple statement ends before its semicolon. */
function throughSemicolon(text: string, { start, end }: Span): Span {
  const rest = /^\s*;/.exec(text.slice(end))
  return { start, end: end + (rest?.[0].length ?? 0) }
}
