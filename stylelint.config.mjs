export default {
  extends: ['stylelint-config-standard'],
  rules: {
    // Lab's own class names: jp-WidgetName, jp-mod-state.
    'selector-class-pattern': null,
    'no-descending-specificity': null
  }
};
