const sales = await (await fetch('sales.json')).json();
const growth = document.querySelector('#growth');
const chart = document.querySelector('svg');
const output = document.querySelector('output');

/** A rectangle or text of the chart. */
function shape(name, attributes, text = '') {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, String(value)));
  element.textContent = text;
  return element;
}

function show() {
  const percent = Number(growth.value);
  const planned = sales.map(({ revenue }) => (revenue * (100 + percent)) / 100);
  chart.replaceChildren(
    ...sales.flatMap(({ quarter, revenue }, i) => [
      shape('rect', { class: 'now', x: 30 + i * 145, y: 230 - revenue / 2, width: 50, height: revenue / 2 }),
      shape('rect', { class: 'next', x: 85 + i * 145, y: 230 - planned[i] / 2, width: 50, height: planned[i] / 2 }),
      shape('text', { x: 82 + i * 145, y: 250 }, quarter)
    ])
  );
  const total = planned.reduce((sum, revenue) => sum + revenue, 0);
  output.textContent = `${percent} % growth makes ${Math.round(total).toLocaleString('en')} k€.`;
}

growth.addEventListener('input', show);
show();
