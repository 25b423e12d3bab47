import { createOutage } from './outage';

it('an outage is told once, and its end', () => {
  const told: string[] = [];
  const tell = (_details: object, message: string) => void told.push(message);
  const outage = createOutage({ info: tell, warn: tell, error: tell }, 'nothing written');
  outage.worked();
  for (let round = 0; round < 2; round++) {
    outage.failed(new Error('full'));
    outage.failed(new Error('full'));
    outage.worked();
    outage.worked();
  }
  const once = ['nothing written; tried again, and told when it works', 'no longer: nothing written'];
  expect(told).toEqual([...once, ...once]);
});
