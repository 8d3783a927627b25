import type { Proposal } from './mutant.ts'
import { child, children, list, type Node, type Span, spanOf, word } from './syntax.ts'

const CALLS: Readonly<Record<string, string>> = {
  add: 'sub',
  sub: 'add',
  mul: 'div',
  div: 'mul',
  gt: 'lt',
  lt: 'gt',
  shl: 'shr',
  shr: 'shl',
  and: 'or',
  or: 'and',
  eq: 'xor',
}

/** The statement around a place, or the head of an `if`: where assembly can choose. `declared`: what it is the value of. */
type Chosen = Span & { readonly declared?: string }

/** Mutants of inline assembly. Those in the head of a loop are built one by one: there it cannot ask which is wanted. */
export function yulProposals(assembly: Node, text: string): readonly Proposal[] {
  const tree = child(assembly, 'AST')
  return tree === undefined ? [] : walk(tree, text, undefined)
}

function walk(node: Node, text: string, around: Chosen | undefined): readonly Proposal[] {
  const own = at(node, text).map((proposal) => sharing(proposal, text, chosenAt(node) ?? around))
  return [...own, ...children(node).flatMap((each) => walk(each, text, chosenFor(node, each) ?? around))]
}

function chosenAt(node: Node): Chosen | undefined {
  return ['YulAssignment', 'YulExpressionStatement'].includes(node.nodeType) ? spanOf(node) : undefined
}

/** Where what is in the part `each` of a node is chosen. */
function chosenFor(node: Node, each: Node): Chosen | undefined {
  if (node.nodeType === 'YulVariableDeclaration') {
    const names = list(node, 'variables').map((variable) => word(variable, 'name'))
    return { ...spanOf(node), declared: names.join(', ') }
  }
  if (node.nodeType !== 'YulIf' || each !== child(node, 'condition')) return chosenAt(node)
  const { start } = spanOf(node)
  return { start, end: spanOf(each).end, declared: `decision_${start}` }
}

function sharing(proposal: Proposal, text: string, chosen: Chosen | undefined): Proposal {
  const [part] = proposal.parts
  if (chosen === undefined || part === undefined) return proposal
  const { start, end, declared } = chosen
  const whole = { start, end, text: text.slice(start, part.start) + part.text + text.slice(part.end, end) }
  return {
    ...proposal,
    guard: { form: 'assembly', parts: [whole], ...(declared === undefined ? {} : { declared }) },
  }
}

function at(node: Node, text: string): readonly Proposal[] {
  const { start, end } = spanOf(node)
  const whole = (operator: string, others: readonly string[]): readonly Proposal[] =>
    others.map((other) => ({ operator, parts: [{ start, end, text: other }] }))
  switch (node.nodeType) {
    case 'YulLiteral': {
      const value = BigInt(text.slice(start, end))
      return whole('constant', value === 0n ? ['1'] : [`${value + 1n}`, `${value - 1n}`])
    }
    case 'YulFunctionCall': {
      const name = child(node, 'functionName')
      const other = name === undefined ? undefined : CALLS[word(name, 'name')]
      return name === undefined || other === undefined
        ? []
        : [{ operator: 'assembly', parts: [{ ...spanOf(name), text: other }] }]
    }
    case 'YulAssignment':
    case 'YulExpressionStatement':
      return whole('removed statement', [''])
    default:
      return []
  }
}
