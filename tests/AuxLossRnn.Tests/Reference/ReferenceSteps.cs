namespace AuxLossRnn.Tests.Reference;

/// <summary>The steps of the batch: how networks read them, and what their outputs are measured by.</summary>
internal sealed class ReferenceSteps(
    Tape tape, ReferenceLayers layers, double[,,] inputs, byte[,,] tokens, ReferenceSettings settings)
{
    public int Count => inputs.GetLength(0);

    public int Examples => inputs.GetLength(1);

    private int Channels => inputs.GetLength(2);

    /// <summary>The vector that the named network's LSTM reads for a step.</summary>
    public Scalar[] Encode(string name, int example, int t) =>
        Encode(name, Values(example, t), Levels(example, t));

    /// <summary>What the reconstruction decoder reads at step t, given its output that stands for that step.</summary>
    public Scalar[] NextDecoderInput(int example, int t, Scalar[] output)
    {
        switch (settings.DecoderInputs)
        {
            case ReferenceDecoderInputs.TeacherForcing:
                return Encode("reconstruction", example, t);
            case ReferenceDecoderInputs.FirstOnly:
                return tape.Constants(new double[layers.InputSize("reconstruction.lstm", 0)]);
            default:
                var (values, levels) = Decoded(output);
                return Encode("reconstruction", values, levels);
        }
    }

    /// <summary>The loss of an output that stands for step t, summed over the channels.</summary>
    public Scalar TokenLoss(Scalar[] output, int example, int t)
    {
        bool crossEntropy = settings.TokenLoss == ReferenceTokenLoss.CrossEntropy;
        int expected = crossEntropy ? Channels * settings.Levels : Channels;
        if (output.Length != expected)
            throw new ArgumentException($"A decoder should have {expected} outputs, but has {output.Length}.");

        var sum = tape.Constant(0);
        for (int channel = 0; channel < Channels; channel++)
        {
            if (crossEntropy)
            {
                int target = tokens[t, example, channel];
                sum += layers.CrossEntropy(output, channel * settings.Levels, settings.Levels, target);
            }
            else
            {
                var error = output[channel] - inputs[t, example, channel];
                sum += error * error;
            }
        }

        return sum;
    }

    /// <summary>What a decoder's output stands for, as numbers and as levels; no gradient flows through it.</summary>
    private (double[] Values, int[] Levels) Decoded(Scalar[] output)
    {
        int highest = settings.Levels - 1;
        if (settings.TokenLoss == ReferenceTokenLoss.SquaredError)
        {
            double[] values = output.Select(unit => unit.Stop().Value).ToArray();
            return (values, values.Select(value => (int)Math.Clamp(Math.Round(value * highest), 0, highest)).ToArray());
        }

        int[] levels = output.Chunk(settings.Levels)
            .Select(logits => Enumerable.Range(0, logits.Length).MaxBy(level => logits[level].Value))
            .ToArray();
        return (levels.Select(level => (double)level / highest).ToArray(), levels);
    }

    private Scalar[] Encode(string name, double[] values, int[] levels) => settings.InputEncoding switch
    {
        ReferenceInputEncoding.Raw => tape.Constants(values),
        ReferenceInputEncoding.Linear => layers.Linear($"{name}.input", tape.Constants(values)),
        _ => layers.Embedding($"{name}.embedding", levels, settings.Levels),
    };

    private double[] Values(int example, int t) =>
        Enumerable.Range(0, Channels).Select(channel => inputs[t, example, channel]).ToArray();

    private int[] Levels(int example, int t) =>
        Enumerable.Range(0, Channels).Select(channel => (int)tokens[t, example, channel]).ToArray();
}
