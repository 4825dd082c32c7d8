import { controls, type Standard, standards } from '../tasks/domain/controls/controls.ts';
import { numbersOf } from '../tasks/messages/control-tables.ts';
import { tableOf } from './generated.ts';

const names = Object.keys(standards) as Standard[];

/** The controls with their numbers in each standard. */
export const controlTable = (): string =>
  tableOf(
    ['Control', 'In the files', 'Per', ...names.map((name) => standards[name])],
    controls.map((control) => [
      ...[control.title, `\`${control.id}\``, control.about],
      ...names.map((name) => numbersOf(control, name).replaceAll('*', '\\*') || 'none'),
    ]),
  );
