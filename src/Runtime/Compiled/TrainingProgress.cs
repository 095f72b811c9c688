namespace DlGen.Compiled;

/// <summary>Where a training stands: all that its loop knows beside parameters and the optimizer's state, so all that a checkpoint must hold beside them.</summary>
internal sealed class TrainingProgress
{
    /// <summary>Finished epochs.</summary>
    public int Epoch { get; set; }

    /// <summary>Rows of the current epoch that were trained on.</summary>
    public int Row { get; set; }

    /// <summary>Finished steps.</summary>
    public long Step { get; set; }

    /// <summary>Σ weight·loss over the current epoch.</summary>
    public double LossSum { get; set; }

    /// <summary>Σ weight over the current epoch.</summary>
    public double Weight { get; set; }

    /// <summary>The learning rate of the last step.</summary>
    public double LearningRate { get; set; }

    /// <summary>The smallest loss that ReduceOnPlateau has seen.</summary>
    public double PlateauBest { get; set; } = double.PositiveInfinity;

    /// <summary>Epochs since then.</summary>
    public int PlateauWaited { get; set; }

    /// <summary>Epochs in which none counts.</summary>
    public int PlateauCooldown { get; set; }

    /// <summary>What it has made of the learning rate.</summary>
    public double PlateauFactor { get; set; } = 1;

    /// <summary>EarlyStopping's smallest measure.</summary>
    public double Best { get; set; } = double.PositiveInfinity;

    /// <summary>The epoch that gave it; 0 before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Time in earlier runs.</summary>
    public TimeSpan Before { get; set; }

    /// <summary>The finished epochs' reports.</summary>
    public List<EpochReport> Reports { get; } = [];

    /// <summary>ReduceLROnPlateau's rule, mode "min", threshold "rel".</summary>
    public void Observe(ReduceOnPlateau rule, double loss)
    {
        if (loss < PlateauBest * (1 - rule.Threshold))
            (PlateauBest, PlateauWaited) = (loss, 0);
        else
            PlateauWaited++;
        if (PlateauCooldown > 0)
        {
            PlateauCooldown--;
            PlateauWaited = 0;
        }

        if (PlateauWaited <= rule.Patience)
            return;
        PlateauFactor = Math.Max(PlateauFactor * rule.Factor, rule.Minimum);
        (PlateauCooldown, PlateauWaited) = (rule.Cooldown, 0);
    }
}
