"""Other libraries' own loops over a table of categorical choices: what their users write without ArchGym.

Each takes (measure, sizes, seed, evaluations): a function of a tuple of picks that gives a value, larger is better; how
many options each choice has. Each measures so often. A library that is not there raises ModuleNotFoundError.
"""


def optuna_tpe(measure, sizes, seed, evaluations):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(lambda trial: measure(tuple(trial.suggest_categorical(str(i), range(size))
                                               for i, size in enumerate(sizes))), n_trials=evaluations)


def _nevergrad(name):
    def loop(measure, sizes, seed, evaluations):
        import warnings

        warnings.simplefilter("ignore")
        import nevergrad

        parameters = nevergrad.p.Tuple(*[nevergrad.p.Choice(range(size)) for size in sizes])
        parameters.random_state.seed(seed)
        optimizer = nevergrad.optimizers.registry[name](parametrization=parameters, budget=evaluations)
        for _ in range(evaluations):
            candidate = optimizer.ask()
            optimizer.tell(candidate, -measure(tuple(candidate.value)))

    return loop


def _pymoo(name):
    def loop(measure, sizes, seed, evaluations):
        import numpy
        from pymoo.core.problem import ElementwiseProblem
        from pymoo.optimize import minimize

        class Table(ElementwiseProblem):
            def __init__(self):
                super().__init__(n_var=len(sizes), n_obj=1, xl=numpy.zeros(len(sizes)), xu=numpy.array(sizes) - 1e-9)

            def _evaluate(self, x, out, *args, **kwargs):
                out["F"] = -measure(tuple(int(v) for v in x))

        if name == "GA":
            from pymoo.algorithms.soo.nonconvex.ga import GA as algorithm
        else:
            from pymoo.algorithms.soo.nonconvex.de import DE as algorithm
        minimize(Table(), algorithm(pop_size=20), ("n_evals", evaluations), seed=seed, verbose=False)

    return loop


def _syne_tune(name):
    def loop(measure, sizes, seed, evaluations):
        from syne_tune.config_space import choice
        from syne_tune.optimizer import baselines
        from syne_tune.optimizer.schedulers.ask_tell_scheduler import AskTellScheduler

        space = {str(i): choice(list(range(size))) for i, size in enumerate(sizes)}
        searcher = getattr(baselines, name)(space, metric="value", do_minimize=False, random_seed=seed)
        scheduler = AskTellScheduler(searcher)
        for _ in range(evaluations):
            trial = scheduler.ask()
            scheduler.tell(trial, {"value": measure(tuple(trial.config[str(i)] for i in range(len(sizes))))})

    return loop


PEERS = {
    "Optuna TPE": optuna_tpe,
    **{f"nevergrad {name}": _nevergrad(name) for name in ("NGOpt", "DiscreteOnePlusOne", "TwoPointsDE")},
    **{f"pymoo {name}": _pymoo(name) for name in ("GA", "DE")},
    **{f"syne-tune {name}": _syne_tune(name) for name in ("REA", "TPE")},
}
"""Name -> loop. Continuous variables are cut to picks for pymoo, as its users do; populations of 20 there."""
