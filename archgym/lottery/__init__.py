"""The hyper-parameter lottery: are agents compared, or the settings that they happened to run with?

After Krishnan et al., "ArchGym: An Open-Source Gymnasium for Machine Learning Assisted Architecture Design", ISCA 2023,
who found that with enough tuning no agent is best. Configurations are drawn from the space of hyper-parameters that
each agent declares; all of them run as one sweep, and what tuning buys is charged with what it costs.
"""
