import * as z from 'zod';

/** An object that takes no field but these, and lists them if it is given another. */
export const strictInput = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? `there is no field ${keys?.map((key) => `"${key}"`).join(', ')} here; there are ${Object.keys(shape).join(', ')}`
        : undefined,
  });

/** What is wrong with an input: each field by its path, or the whole of it as `input`. */
export const problemsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; ');
