# One image for every role, which the command names: node dist/apps/<role>/main.js. Without one: everything in one process.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json .swcrc ./
COPY scripts ./scripts
COPY apps ./apps
COPY libs ./libs
# Test servers are of no use there, and nothing that runs in production loads them.
RUN npm run build && npm prune --omit=dev --ignore-scripts && rm -rf dist/libs/*/src/testing

FROM node:24-bookworm-slim
# Nothing is installed or built from here on.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* /opt/yarn*
ENV NODE_ENV=production DUESTREAM_DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY package.json ./
COPY bin ./bin
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
VOLUME /data
EXPOSE 4400
CMD ["node", "--max-semi-space-size=32", "dist/apps/standalone/main.js"]
