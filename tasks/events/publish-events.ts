import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { putEvents } from '../aws/event-bus.ts';
import { marker } from '../aws/reported.ts';
import { toEvent } from '../domain/events/event.ts';
import { fromJson } from '../domain/json.ts';
import { lambdaHandler } from '../lambda.ts';
import { task } from '../task.ts';

/** What a subscription of CloudWatch Logs delivers: lines of one log, compressed. */
const deliverySchema = z.object({
  awslogs: z.object({ data: z.base64().transform(unpacked).pipe(z.string().transform(fromJson)) }),
});
const linesSchema = z.object({ logEvents: z.array(z.object({ message: z.string() })) });
const lineSchema = z.object({ [marker.field]: z.literal(marker.value), step: z.unknown() });

/**
 * Not the task of a state: the logs of the tasks that report steps invoke it. It puts the steps on keyturn's own
 * event bus. Lambda retries what fails; what keeps failing goes to the dead-letter queue, which has an alarm.
 */
export const publishEvents = task({
  name: 'PublishEvents',
  input: deliverySchema,
  run: async ({ awslogs }, dependencies): Promise<{ readonly put: number }> => {
    const lines = linesSchema.safeParse(awslogs.data).data?.logEvents ?? [];
    const reported = lines.flatMap(({ message }) => lineSchema.safeParse(fromJson(message)).data ?? []);
    const events = reported.flatMap(({ step }) => {
      const event = toEvent(step);
      if (event === undefined) {
        dependencies.log.error('a reported step makes no valid event', { fields: Object.keys(Object(step)) });
      }
      return event ?? [];
    });
    await putEvents(dependencies, events);
    for (const { name, detail } of events) dependencies.log.info('put an event', { ...detail, name });
    return { put: events.length };
  },
});

/** @returns an empty text if it isn't compressed data */
function unpacked(data: string): string {
  try {
    return gunzipSync(Buffer.from(data, 'base64')).toString('utf8');
  } catch {
    return '';
  }
}

export const handler = lambdaHandler(publishEvents);
