import { Module, type DynamicModule } from '@nestjs/common';
import { Metrics, type HealthChecks } from '@duestream/hosting';
import { HealthController } from './controllers/health.controller';
import { HEALTH_CHECKS } from './tokens';

/** What a process serves, and of every process its health and metrics. */
@Module({})
export class RootModule {
  static of(serves: readonly DynamicModule[], checks: HealthChecks, metrics: Metrics): DynamicModule {
    return {
      module: RootModule,
      imports: [...serves],
      controllers: [HealthController],
      providers: [
        { provide: Metrics, useValue: metrics },
        { provide: HEALTH_CHECKS, useValue: checks },
      ],
    };
  }
}
