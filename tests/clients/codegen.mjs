// Generates the types of `documents.ts` from the exported schema, as a front end does.
import { generate } from '@graphql-codegen/cli';

const here = (path) => new URL(path, import.meta.url).pathname;
await generate(
  {
    schema: here('../../schema.graphql'),
    documents: [here('documents.ts')],
    silent: true,
    errorsOnly: true,
    generates: {
      [here('generated/')]: {
        preset: 'client',
        presetConfig: { fragmentMasking: false },
        config: {
          useTypeImports: true,
          strictScalars: true,
          scalars: {
            Date: 'string',
            DateTime: 'string',
            Decimal: 'string',
            EmailAddress: 'string',
            JSON: 'unknown',
            LocalTime: 'string',
            Upload: 'File',
          },
        },
      },
    },
  },
  true,
);
