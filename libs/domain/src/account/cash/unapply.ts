import { latest } from '../../time/local-date';
import { documentKey } from '../documents';
import { isKnown, refuse, type Handler } from '../draft';
import { apart } from '../personal';
import { endApplications } from './end-applications';

/** Undoes one application and leaves the others. */
export const unapplyCash: Handler<'cash.unapplied.v1'> = (draft, { data, contentHash }) => {
  const { company = '', ...sent } = data;
  const applicationKey = documentKey('application', company, data.applicationId);
  if (!isKnown(draft.state, applicationKey)) return { kind: 'wait', for: applicationKey };
  const cashKey = draft.state.index.get(applicationKey)?.owners?.[0];
  const cash = cashKey === undefined ? undefined : draft.state.cash.get(cashKey);
  const standing = cash?.applications.filter((one) => one.number === data.applicationId) ?? [];
  if (cashKey === undefined || cash === undefined || standing.length === 0) {
    return refuse(
      'application.ended',
      `application ${data.applicationId} does not stand: it has ended, or never took effect`,
      {
        field: 'applicationId',
      },
    );
  }
  const parts = standing.map((application) => ({ application, minor: application.minor }));
  const unappliedOn = latest(data.unappliedOn ?? draft.businessDate, ...standing.map((one) => one.on));
  const { ended, moves, invoices } = endApplications(cashKey, cash, parts, unappliedOn);
  const event = { company, ...apart(sent), unappliedOn, ended, moves, contentHash };
  draft.emit('cash.unapplied.v1', event, unappliedOn, [cashKey, ...invoices]);
  return { kind: 'done' };
};
