import { UnreadableTag } from './errors.ts';

/** How a user's secret looks; overrides the settings for that user. */
export const shapeTag = 'keyturn:secret-shape';

/**
 * What a secret holds beside a key, and how. As text it is a list of words separated by spaces, which fits into a
 * setting, a tag and a state: `id=AWS_ACCESS_KEY_ID secret=AWS_SECRET_ACCESS_KEY region=eu-west-1`.
 */
export interface SecretShape {
  /** A JSON object, or an AWS credentials file. */
  readonly as: 'json' | 'file';
  /** The names of the two fields in JSON. A credentials file has names of its own. */
  readonly id: string;
  readonly secret: string;
  /** The profile in a credentials file. */
  readonly profile: string;
  /** The field for SES's SMTP password, and the region that it is for. */
  readonly smtp?: { readonly region: string; readonly field: string };
  /** Further fields with their values. Values with @ in front are filled in. */
  readonly fixed: readonly (readonly [name: string, value: string])[];
}

/** What a fixed field's value may be filled in from. */
export const filledIn = ['@user', '@account', '@region', '@created'] as const;

/** What secrets held before their shape could be set. */
export const standardShape = 'id=accessKeyId secret=secretAccessKey';

const fileNames = { id: 'aws_access_key_id', secret: 'aws_secret_access_key' } as const;
const nameRule = /^[A-Za-z][\w.:/+@-]{0,63}$/;
const regionRule = /^[a-z]{2}(-[a-z]+)+-\d$/;
/** A tag's value has room for this many characters. */
const longest = 256;

/** What is wrong with a shape's text; undefined if nothing is. */
export function problemIn(text: string): string | undefined {
  if (text.length > longest) return `has ${text.length} characters, and ${longest} are the most`;
  const words = wordsOf(text);
  const [broken] = words.filter(
    ([name, value]) => !nameRule.test(name) || (name === 'file' ? value !== undefined : !value),
  );
  if (broken !== undefined)
    return `has "${broken.join('=')}"; a word is name=value, or file for a credentials file`;
  const names = words.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `says ${twice} twice`;
  return problemOf(shapeFrom(words), new Set(names));
}

function problemOf(shape: SecretShape, said: ReadonlySet<string>): string | undefined {
  const { as, id, secret, profile, smtp, fixed } = shape;
  const unnamed = [id, secret, profile, smtp?.field ?? id].find((name) => !nameRule.test(name));
  if (unnamed !== undefined) return `has "${unnamed}", which isn't a name for a field`;
  if (as === 'file' && (said.has('id') || said.has('secret') || said.has('smtp')))
    return 'is a credentials file, whose fields have fixed names: id, secret and smtp are for JSON';
  if (as === 'json' && said.has('profile')) return 'has a profile, which only a credentials file has';
  if (smtp === undefined && said.has('smtpField')) return 'has smtpField without smtp=<region>';
  if (smtp !== undefined && !regionRule.test(smtp.region))
    return `has smtp=${smtp.region}, which isn't a region`;
  const unknown = fixed.find(([, value]) => value.startsWith('@') && !filledIn.some((one) => one === value));
  if (unknown !== undefined)
    return `has ${unknown.join('=')}; what can be filled in is ${filledIn.join(', ')}`;
  const fields = [
    ...namesOf(shape),
    ...(smtp === undefined ? [] : [smtp.field]),
    ...fixed.map(([name]) => name),
  ];
  const twice = fields.find((name, index) => fields.indexOf(name) !== index);
  return twice === undefined ? undefined : `names the field ${twice} twice`;
}

/** The names of the fields that hold the pair. */
export const namesOf = ({ as, id, secret }: SecretShape): readonly [id: string, secret: string] =>
  as === 'file' ? [fileNames.id, fileNames.secret] : [id, secret];

/** Reads a shape's text, which has been checked. */
export const shapeOf = (text: string = standardShape): SecretShape => shapeFrom(wordsOf(text));

type Word = readonly [name: string, value?: string];

const wordsOf = (text: string): Word[] =>
  text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const at = word.indexOf('=');
      return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
    });

const ownWords = ['file', 'id', 'secret', 'profile', 'smtp', 'smtpField'];

function shapeFrom(words: readonly Word[]): SecretShape {
  const said = new Map(words.map(([name, value]) => [name, value ?? '']));
  const region = said.get('smtp');
  return {
    as: said.has('file') ? 'file' : 'json',
    id: said.get('id') ?? 'accessKeyId',
    secret: said.get('secret') ?? 'secretAccessKey',
    profile: said.get('profile') ?? 'default',
    ...(region === undefined ? {} : { smtp: { region, field: said.get('smtpField') ?? 'smtpPassword' } }),
    fixed: words.flatMap(([name, value]) =>
      value === undefined || ownWords.includes(name) ? [] : [[name, value] as const],
    ),
  };
}

/**
 * The text of a user's shape: from the tag, otherwise from the settings.
 * @throws {UnreadableTag} before anything is created
 */
export function shapeFor(tags: ReadonlyMap<string, string>, ofSettings: string): string {
  const text = tags.get(shapeTag)?.trim();
  if (text === undefined || text === '') return ofSettings;
  const problem = problemIn(text);
  if (problem === undefined) return text;
  throw new UnreadableTag(`tag ${shapeTag} is "${text}"; it ${problem}`);
}
