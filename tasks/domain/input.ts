import * as z from 'zod';

/** An object that accepts only these fields; the error for any other field lists them. */
export const strictInput = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? `there is no field ${keys?.map((key) => `"${key}"`).join(', ')} here; there are ${Object.keys(shape).join(', ')}`
        : undefined,
  });

/** The problems of an input: each field by its path, or `input` for the whole. */
export const problemsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; ');
