namespace DlGen;

/// <summary>How the learning rate changes over a training: a factor of the optimizer's own, computed anew before every step. Those below are PyTorch's
/// schedulers; anything else: derive. For a loop of your own: <c>optimizer.LearningRate = rate * schedule.FactorAt(new(step, steps, stepsPerEpoch))</c>.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>The same rate throughout.</summary>
    public static LearningRateSchedule Constant { get; } = new ConstantSchedule();

    /// <summary>The factor of a step.</summary>
    /// <param name="position">Which step of how many.</param>
    public abstract double FactorAt(SchedulePosition position);

    /// <summary>Times <paramref name="factor"/> after every so many epochs; <c>StepLR</c>.</summary>
    /// <param name="epochs">Epochs with equal rates, at least 1.</param>
    /// <param name="factor">What the rate is multiplied by, above 0.</param>
    public static LearningRateSchedule Step(int epochs, double factor = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epochs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        return new StepSchedule(epochs, factor);
    }

    /// <summary>Times <paramref name="factor"/> after every epoch; <c>ExponentialLR</c>.</summary>
    /// <param name="factor">What the rate is multiplied by, above 0.</param>
    public static LearningRateSchedule Exponential(double factor) => Step(1, factor);

    /// <summary>Half a cosine from 1 down to a minimum over the whole training; <c>CosineAnnealingLR</c>, step by step (Loshchilov and Hutter 2017).</summary>
    /// <param name="minimum">The factor at the end, from 0 to 1.</param>
    public static LearningRateSchedule Cosine(double minimum = 0)
    {
        if (!(minimum is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(minimum), minimum, "The minimum is a share of the optimizer's rate, from 0 to 1.");
        return new CosineSchedule(minimum);
    }

    /// <summary>Up to the optimizer's rate and down again, both along half a cosine; <c>OneCycleLR</c> without its momentum (Smith and Topin 2019).</summary>
    /// <param name="peak">Where in the training the rate is highest, between 0 and 1.</param>
    /// <param name="startDivisor">The first rate is the highest divided by this, at least 1.</param>
    /// <param name="endDivisor">The last rate is the first divided by this, at least 1.</param>
    public static LearningRateSchedule OneCycle(double peak = 0.3, double startDivisor = 25, double endDivisor = 1e4)
    {
        if (!(peak is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(peak), peak, "The peak is a share of the training, between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(startDivisor, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(endDivisor, 1);
        return new OneCycleSchedule(peak, startDivisor, endDivisor);
    }

    /// <summary>A straight rise over the first epochs, then this schedule over the rest; <c>LinearLR</c> followed by it in a <c>SequentialLR</c>.</summary>
    /// <param name="epochs">How long it rises, above 0; may be a fraction.</param>
    /// <param name="from">The factor of the first step, from 0 to 1.</param>
    public LearningRateSchedule WithWarmUp(double epochs, double from = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epochs);
        if (!(from is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(from), from, "The factor of the first step is from 0 to 1.");
        return new WarmUpSchedule(this, epochs, from);
    }

    private sealed class ConstantSchedule : LearningRateSchedule
    {
        public override double FactorAt(SchedulePosition position) => 1;
    }

    private sealed class StepSchedule(int epochs, double factor) : LearningRateSchedule
    {
        public override double FactorAt(SchedulePosition position) => Math.Pow(factor, position.Step / position.StepsPerEpoch / epochs);
    }

    private sealed class CosineSchedule(double minimum) : LearningRateSchedule
    {
        public override double FactorAt(SchedulePosition position) => Between(1, minimum, position.Step / (double)position.Steps);
    }

    private sealed class OneCycleSchedule(double peak, double startDivisor, double endDivisor) : LearningRateSchedule
    {
        public override double FactorAt(SchedulePosition position)
        {
            // The peak is reached at the end of the step before this one, and the last step has the last rate, as OneCycleLR counts.
            double top = Math.Max(0, peak * position.Steps - 1), last = position.Steps - 1, start = 1 / startDivisor;
            return position.Step <= top
                ? top == 0 ? 1 : Between(start, 1, position.Step / top)
                : Between(1, start / endDivisor, Math.Min(1, (position.Step - top) / (last - top)));
        }
    }

    private sealed class WarmUpSchedule(LearningRateSchedule rest, double epochs, double from) : LearningRateSchedule
    {
        public override double FactorAt(SchedulePosition position)
        {
            long rising = Math.Max(1, (long)Math.Round(epochs * position.StepsPerEpoch));
            return position.Step < rising
                ? from + (1 - from) * position.Step / rising
                : rest.FactorAt(new SchedulePosition(position.Step - rising, Math.Max(1, position.Steps - rising), position.StepsPerEpoch));
        }
    }

    /// <summary>Half a cosine from one value at 0 to another at 1.</summary>
    private static double Between(double first, double last, double share) => last + (first - last) * (1 + Math.Cos(Math.PI * share)) / 2;
}

/// <summary>A step of a training.</summary>
/// <param name="Step">Its number, from 0.</param>
/// <param name="Steps">How many there are in all, at least 1.</param>
/// <param name="StepsPerEpoch">How many make an epoch, at least 1.</param>
public readonly record struct SchedulePosition(long Step, long Steps, long StepsPerEpoch);

/// <summary>Lowers the learning rate when an epoch's loss stops falling; <c>ReduceLROnPlateau</c> with a relative threshold. It watches the loss of the validation set or,
/// without one, of training, and multiplies what a schedule says.</summary>
public sealed class ReduceOnPlateau
{
    /// <summary>What the rate is multiplied by, from 0 to 1; 0.1 unless stated.</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>How many epochs without improvement it waits for; 10 unless stated.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>A loss improves when it is below the best times 1 minus this; 1e-4 unless stated.</summary>
    public double Threshold { get; init; } = 1e-4;

    /// <summary>Epochs after a reduction in which none counts; 0 unless stated.</summary>
    public int Cooldown { get; init; }

    /// <summary>The factor never falls below this; 0 unless stated.</summary>
    public double Minimum { get; init; }
}
