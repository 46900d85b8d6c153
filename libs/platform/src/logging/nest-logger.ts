import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Lets Nest's own messages take the same way as ours. Nest passes the context as the last parameter. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...parameters: unknown[]): void {
    this.write('info', message, parameters);
  }

  error(message: unknown, ...parameters: unknown[]): void {
    this.write('error', message, parameters);
  }

  warn(message: unknown, ...parameters: unknown[]): void {
    this.write('warn', message, parameters);
  }

  debug(message: unknown, ...parameters: unknown[]): void {
    this.write('debug', message, parameters);
  }

  verbose(message: unknown, ...parameters: unknown[]): void {
    this.write('trace', message, parameters);
  }

  fatal(message: unknown, ...parameters: unknown[]): void {
    this.write('fatal', message, parameters);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    parameters: readonly unknown[],
  ): void {
    const texts = parameters.filter((parameter) => typeof parameter === 'string');
    const context = texts.at(-1);
    // Nest calls error(message, stack, context).
    const stack = level === 'error' && texts.length > 1 ? texts[0] : undefined;
    const err = message instanceof Error ? message : parameters.find((parameter) => parameter instanceof Error);
    const fields = {
      ...(context === undefined ? {} : { context }),
      ...(stack === undefined ? {} : { stack }),
      ...(err === undefined ? {} : { err }),
    };
    this.logger[level](fields, message instanceof Error ? message.message : String(message));
  }
}
