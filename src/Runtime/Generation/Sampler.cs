using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DlGen.Compiled;
using DlGen.Numerics;

namespace DlGen;

/// <summary>Chooses one id after the other. It computes in double, in a fixed order; after the first id it allocates nothing.</summary>
internal sealed class Sampler(Sampling sampling)
{
    /// <summary>Random numbers are made in groups: a group of Philox costs as much as one of them.</summary>
    private const int DrawnTogether = 64;

    private readonly ulong key = Philox.Key(sampling.Seed, 0);
    private readonly double[] uniform = new double[DrawnTogether];
    private double[] weights = [];
    private int[] order = [];
    private long chosen;

    /// <summary>The next id. Logits of -∞ are never chosen; those beyond the vocabulary are not looked at.</summary>
    /// <exception cref="InvalidOperationException">A logit of the vocabulary is NaN or +∞, or all are -∞.</exception>
    public int Next<T>(ReadOnlySpan<T> logits)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (sampling.Vocabulary > 0 && sampling.Vocabulary < logits.Length)
            logits = logits[..sampling.Vocabulary];
        int largest = Check.ArgMax(logits);
        RefuseNonFinite(logits, logits[largest]);
        double drawn = Draw();
        if (sampling.Temperature == 0)
            return largest;
        if (weights.Length != logits.Length)
            (weights, order) = (new double[logits.Length], new int[logits.Length]);
        Weigh(logits, double.CreateChecked(logits[largest]));
        return sampling.TopP < 1 || (sampling.TopK > 0 && sampling.TopK < logits.Length) ? FromMostProbable(logits, drawn) : FromAll(drawn);
    }

    /// <summary>The random number of this choice; each choice has one, whether it needs it or not.</summary>
    private double Draw()
    {
        int place = (int)(chosen % DrawnTogether);
        if (place == 0)
            Philox.Uniform(uniform, chosen, key, 0);
        chosen++;
        return uniform[place];
    }

    /// <summary>exp((logit - largest) / temperature), with the runtime's own exponential.</summary>
    private void Weigh<T>(ReadOnlySpan<T> logits, double largest)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < logits.Length; i++)
            weights[i] = (double.CreateChecked(logits[i]) - largest) / sampling.Temperature;
        Span<Vector128<double>> pairs = MemoryMarshal.Cast<double, Vector128<double>>(weights.AsSpan());
        foreach (ref Vector128<double> pair in pairs)
            pair = VectorMath.Exp(pair);
        if (weights.Length % 2 == 1)
            weights[^1] = VectorMath.Exp(Vector128.CreateScalar(weights[^1])).ToScalar();
    }

    private int FromAll(double drawn)
    {
        double total = 0, before = 0;
        foreach (double weight in weights)
            total += weight;
        int last = 0;
        for (int id = 0; id < weights.Length; id++)
        {
            if (weights[id] == 0)
                continue;
            before += weights[last = id];
            if (drawn * total < before)
                break;
        }

        return last;
    }

    /// <summary>A heap gives the ids from the most probable on, as many as are drawn from.</summary>
    private int FromMostProbable<T>(ReadOnlySpan<T> logits, double drawn)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int most = sampling.TopK > 0 ? Math.Min(sampling.TopK, logits.Length) : logits.Length;
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        for (int i = (order.Length / 2) - 1; i >= 0; i--)
            SiftDown(logits, i, order.Length);

        double mass = 0, keptMass = 0;
        int taken = 0, kept = 0;
        if (sampling.TopK > 0)
        {
            while (taken < most)
                mass += weights[Take(logits, taken++)];
        }
        else
        {
            foreach (double weight in weights)
                mass += weight;
        }

        for (; kept < most && (kept == 0 || keptMass < sampling.TopP * mass); kept++)
        {
            if (kept == taken)
                Take(logits, taken++);
            keptMass += weights[Taken(kept)];
        }

        double before = 0;
        for (int i = 0; i < kept - 1; i++)
        {
            before += weights[Taken(i)];
            if (drawn * keptMass < before)
                return Taken(i);
        }

        return Taken(kept - 1);
    }

    /// <summary>The most probable id that is left leaves the heap and goes behind it.</summary>
    private int Take<T>(ReadOnlySpan<T> logits, int taken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int last = order.Length - 1 - taken;
        (order[0], order[last]) = (order[last], order[0]);
        SiftDown(logits, 0, last);
        return order[last];
    }

    private int Taken(int number) => order[order.Length - 1 - number];

    private void SiftDown<T>(ReadOnlySpan<T> logits, int place, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int id = order[place];
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= count)
                break;
            if (child + 1 < count && IsBefore(logits, order[child + 1], order[child]))
                child++;
            if (!IsBefore(logits, order[child], id))
                break;
            order[place] = order[child];
            place = child;
        }

        order[place] = id;
    }

    /// <summary>More probable, or equally and the first.</summary>
    private static bool IsBefore<T>(ReadOnlySpan<T> logits, int id, int other)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => logits[id] > logits[other] || (logits[id] == logits[other] && id < other);

    private static void RefuseNonFinite<T>(ReadOnlySpan<T> logits, T largest)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T bad = largest;
        foreach (T logit in logits)
            bad = T.IsNaN(logit) ? logit : bad;
        if (!T.IsFinite(bad))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"A logit of the network is {bad}, so its ids have no probabilities; look at its parameters, or load the last good file."));
        }
    }
}
