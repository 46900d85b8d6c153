// A literal that begins with a spread and then adds members that are not in it gets a hidden class of its own from V8
// as Node 20 has it, each time it is made: 15 times slower, and whoever reads such objects looks every member up. One
// that begins with a member does not, nor does one that only replaces members. (ADR 74)
import { ESLintUtils } from '@typescript-eslint/utils';
import ts from 'typescript';

export const beginWithAMember = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      adds: 'Begin the literal with a member instead of a spread: it adds {{what}}.',
    },
  },
  defaultOptions: [],
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();
    const has = (type, name) => {
      const property = checker.getPropertyOfType(type, name);
      return property !== undefined && (property.flags & ts.SymbolFlags.Optional) === 0;
    };
    const added = (type, member) => {
      if (member.type === 'Property') {
        const names = namesOf(member);
        const isKnown = names.length > 0 && names.every((name) => has(type, name));
        return isKnown ? null : `\`${context.sourceCode.getText(member.key)}\``;
      }
      const from = checker.getNonNullableType(services.getTypeAtLocation(member.argument));
      const isKnown = from.getProperties().length > 0 && from.getProperties().every(({ name }) => has(type, name));
      return isKnown ? null : `what is in \`${context.sourceCode.getText(member.argument)}\``;
    };
    const namesOf = ({ key, computed }) => {
      if (!computed) return [key.type === 'Identifier' ? key.name : String(key.value)];
      const type = services.getTypeAtLocation(key);
      return (type.isUnion() ? type.types : [type]).map((one) => (one.isStringLiteral() ? one.value : ''));
    };
    return {
      ObjectExpression(node) {
        const [first, ...rest] = node.properties;
        if (first?.type !== 'SpreadElement') return;
        const type = services.getTypeAtLocation(first.argument);
        const what = rest.map((member) => added(type, member)).find((name) => name !== null);
        if (what !== undefined) context.report({ node: first, messageId: 'adds', data: { what } });
      },
    };
  },
});
