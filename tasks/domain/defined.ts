type MayBeMissing<Fields, Name extends keyof Fields> = undefined extends Fields[Name] ? Name : never;

/** The fields that have a value: a field that may be `undefined` becomes optional. */
export type Defined<Fields extends object> = {
  [Name in keyof Fields as Exclude<Name, MayBeMissing<Fields, Name>>]: Fields[Name];
} & {
  [Name in keyof Fields as MayBeMissing<Fields, Name>]?: Exclude<Fields[Name], undefined>;
};

/**
 * Removes fields that are `undefined`, to spread the rest into an object with optional fields. `null`, `false`, 0 and
 * '' count as values.
 */
export function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // `fromEntries` loses the names.
  return Object.fromEntries(entries) as Defined<Fields>;
}
