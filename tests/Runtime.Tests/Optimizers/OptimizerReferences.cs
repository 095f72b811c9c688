namespace DlGen.Tests;

/// <summary>An optimizer's formulas as its documentation states them, element by element in double.</summary>
internal abstract class Reference(double rate)
{
    public double Rate { get; set; } = rate;

    public abstract void Step(double[] parameters, double[] gradients, int step);
}

/// <summary>torch.optim.SGD, dampening 0.</summary>
internal sealed class SgdReference(double rate, double momentum, bool nesterov, double decay) : Reference(rate)
{
    private double[]? buffer;

    public override void Step(double[] parameters, double[] gradients, int step)
    {
        if (step == 1)
            buffer = null;
        double[] direction = [.. gradients.Select((g, i) => decay != 0 ? g + decay * parameters[i] : g)];
        if (momentum != 0)
        {
            buffer = buffer is null ? [.. direction] : [.. direction.Select((d, i) => momentum * buffer[i] + d)];
            direction = nesterov ? [.. direction.Select((d, i) => d + momentum * buffer[i])] : buffer;
        }

        for (int i = 0; i < parameters.Length; i++)
            parameters[i] -= Rate * direction[i];
    }
}

/// <summary>torch.optim.Adam and AdamW, amsgrad off.</summary>
internal sealed class AdamReference(double rate, double beta1, double beta2, double epsilon, double decay, bool decoupled) : Reference(rate)
{
    private double[] m = [];
    private double[] v = [];

    public override void Step(double[] parameters, double[] gradients, int step)
    {
        if (step == 1)
            (m, v) = (new double[parameters.Length], new double[parameters.Length]);
        for (int i = 0; i < parameters.Length; i++)
        {
            double g = gradients[i];
            if (decoupled)
                parameters[i] -= Rate * decay * parameters[i];
            else
                g += decay * parameters[i];
            m[i] = beta1 * m[i] + (1 - beta1) * g;
            v[i] = beta2 * v[i] + (1 - beta2) * g * g;
            double mHat = m[i] / (1 - Math.Pow(beta1, step));
            double vHat = v[i] / (1 - Math.Pow(beta2, step));
            parameters[i] -= Rate * mHat / (Math.Sqrt(vHat) + epsilon);
        }
    }
}

/// <summary>torch.optim.NAdam.</summary>
internal sealed class NadamReference(double rate, double beta1, double beta2, double epsilon, double momentumDecay, double decay) : Reference(rate)
{
    private double[] m = [];
    private double[] v = [];
    private double product = 1;

    public override void Step(double[] parameters, double[] gradients, int step)
    {
        if (step == 1)
            (m, v, product) = (new double[parameters.Length], new double[parameters.Length], 1);
        double now = beta1 * (1 - 0.5 * Math.Pow(0.96, step * momentumDecay)), next = beta1 * (1 - 0.5 * Math.Pow(0.96, (step + 1) * momentumDecay));
        product *= now;
        for (int i = 0; i < parameters.Length; i++)
        {
            double g = gradients[i] + decay * parameters[i];
            m[i] = beta1 * m[i] + (1 - beta1) * g;
            v[i] = beta2 * v[i] + (1 - beta2) * g * g;
            double root = Math.Sqrt(v[i] / (1 - Math.Pow(beta2, step))) + epsilon;
            parameters[i] -= Rate * (1 - now) / (1 - product) * g / root;
            parameters[i] -= Rate * next / (1 - product * next) * m[i] / root;
        }
    }
}

/// <summary>torch.optim.Adagrad, initial accumulator 0.</summary>
internal sealed class AdaGradReference(double rate, double rateDecay, double epsilon, double decay) : Reference(rate)
{
    private double[] sums = [];

    public override void Step(double[] parameters, double[] gradients, int step)
    {
        if (step == 1)
            sums = new double[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            double g = gradients[i] + decay * parameters[i];
            sums[i] += g * g;
            parameters[i] -= Rate / (1 + (step - 1) * rateDecay) * g / (Math.Sqrt(sums[i]) + epsilon);
        }
    }
}

/// <summary>torch.optim.RMSprop.</summary>
internal sealed class RmsPropReference(double rate, double alpha, double epsilon, double momentum, bool centered, double decay) : Reference(rate)
{
    private double[] squares = [];
    private double[] means = [];
    private double[] buffer = [];

    public override void Step(double[] parameters, double[] gradients, int step)
    {
        if (step == 1)
            (squares, means, buffer) = (new double[parameters.Length], new double[parameters.Length], new double[parameters.Length]);
        for (int i = 0; i < parameters.Length; i++)
        {
            double g = gradients[i] + decay * parameters[i];
            squares[i] = alpha * squares[i] + (1 - alpha) * g * g;
            means[i] = alpha * means[i] + (1 - alpha) * g;
            double root = Math.Sqrt(centered ? squares[i] - means[i] * means[i] : squares[i]) + epsilon;
            buffer[i] = momentum * buffer[i] + g / root;
            parameters[i] -= Rate * buffer[i];
        }
    }
}

/// <summary>Algorithm 2 of Chen et al. 2023.</summary>
internal sealed class LionReference(double rate, double beta1, double beta2, double decay) : Reference(rate)
{
    private double[] m = [];

    public override void Step(double[] parameters, double[] gradients, int step)
    {
        if (step == 1)
            m = new double[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            double direction = beta1 * m[i] + (1 - beta1) * gradients[i];
            parameters[i] -= Rate * (Math.Sign(direction) + decay * parameters[i]);
            m[i] = beta2 * m[i] + (1 - beta2) * gradients[i];
        }
    }
}
