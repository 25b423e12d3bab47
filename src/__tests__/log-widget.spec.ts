import { Widget } from '@lumino/widgets';
import { screen } from '@testing-library/dom';

import { LogWidget } from '../logs/log-widget';
import { createManager } from './fake-manager';
import { FakeService, json } from './fake-service';

it('says of a dashboard that is gone that it was deleted, not to ask its owner', async () => {
  const service = new FakeService();
  const manager = createManager(service);
  const gone = { code: 'not_found', message: 'There is no such dashboard.', fix: 'Ask its owner.' };
  service.answer('GET api/v1/dashboards/d1/logs', json({ error: gone }, 404));
  service.answer('GET api/v1/dashboards/d1/versions', json({ error: gone }, 404));
  const { trans } = service.connection;
  const initial = { follow: true, wrap: false };
  const widget = new LogWidget({ dashboards: manager, id: 'd1', name: 'Sales', initial, trans });
  Widget.attach(widget, document.body);
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toBe('This dashboard has been deleted, and its log with it.Close this tab.');
  widget.dispose();
  manager.dispose();
});
