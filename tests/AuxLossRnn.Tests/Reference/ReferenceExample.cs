namespace AuxLossRnn.Tests.Reference;

/// <summary>A tiny batch with random weights under every name that the settings need.</summary>
public sealed record ReferenceExample(
    IReadOnlyDictionary<string, double[]> Weights,
    double[,,] Inputs,
    byte[,,] Tokens,
    int[] Labels,
    ReferenceSettings Settings)
{
    private const int Hidden = 2;
    private const int DecoderHidden = 3;
    private const int FeedForwardHidden = 2;
    private const int Classes = 3;
    private const int Encoded = 2;

    public IReadOnlyList<ReferenceSegment> Reconstructions { get; init; } = [];

    public IReadOnlyList<ReferenceSegment> Predictions { get; init; } = [];

    /// <summary>The tokens are random, or count the steps from 0 so that each step has its own embedding.</summary>
    public static ReferenceExample Create(
        ReferenceSettings settings, int steps, int examples = 2, int channels = 1, bool countingTokens = false)
    {
        var random = new Random(20_180_712);
        double[,,] inputs = new double[steps, examples, channels];
        byte[,,] tokens = new byte[steps, examples, channels];
        for (int t = 0; t < steps; t++)
        {
            for (int example = 0; example < examples; example++)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    int token = countingTokens ? t : random.Next(settings.Levels);
                    tokens[t, example, channel] = (byte)token;
                    inputs[t, example, channel] = (double)token / (settings.Levels - 1);
                }
            }
        }

        var weights = Sizes(settings, channels).ToDictionary(
            size => size.Name,
            size => Enumerable.Range(0, size.Length).Select(_ => Centre(size.Name) + 1.6 * random.NextDouble() - 0.8)
                .ToArray());
        int[] labels = Enumerable.Range(0, examples).Select(_ => random.Next(Classes)).ToArray();
        return new ReferenceExample(weights, inputs, tokens, labels, settings);
    }

    public ReferenceResult Run(IReadOnlyList<double>? heldValues = null) => ReferenceMethod.Run(
        Weights, Inputs, Tokens, Labels, Reconstructions, Predictions, Settings, heldValues);

    /// <summary>The same with some weights replaced by a constant.</summary>
    public ReferenceExample With(Func<string, bool> chosen, double value) => this with
    {
        Weights = Weights.ToDictionary(
            weight => weight.Key,
            weight => chosen(weight.Key) ? weight.Value.Select(_ => value).ToArray() : weight.Value),
    };

    /// <summary>Raised where a few ReLUs might otherwise all be dead and leave nothing to compare.</summary>
    private static double Centre(string name) => name.EndsWith("hidden.bias", StringComparison.Ordinal) ? 1 : 0;

    private static IEnumerable<(string Name, int Length)> Sizes(ReferenceSettings settings, int channels)
    {
        int read = settings.InputEncoding == ReferenceInputEncoding.Raw ? channels : Encoded;
        int outputs = settings.TokenLoss == ReferenceTokenLoss.CrossEntropy ? channels * settings.Levels : channels;
        return
        [
            .. Encoding("encoder"), .. Lstm("encoder", 0, read, Hidden), .. FeedForward("classifier", Hidden, Classes),
            .. Encoding("reconstruction"), .. Lstm("reconstruction", 0, read, DecoderHidden),
            .. Lstm("reconstruction", 1, DecoderHidden, DecoderHidden),
            .. FeedForward("reconstruction", DecoderHidden, outputs), .. Lstm("prediction", 0, Hidden, DecoderHidden),
            .. Lstm("prediction", 1, DecoderHidden, DecoderHidden),
            .. FeedForward("prediction", DecoderHidden, outputs),
        ];

        IEnumerable<(string, int)> Encoding(string name) => settings.InputEncoding switch
        {
            ReferenceInputEncoding.Raw => [],
            ReferenceInputEncoding.Linear => Linear($"{name}.input", channels, Encoded),
            _ => [($"{name}.embedding.weight", channels * settings.Levels * Encoded)],
        };

        static IEnumerable<(string, int)> Linear(string name, int from, int to) =>
            [($"{name}.weight", to * from), ($"{name}.bias", to)];

        static IEnumerable<(string, int)> FeedForward(string name, int from, int to) =>
            [.. Linear($"{name}.hidden", from, FeedForwardHidden), .. Linear($"{name}.output", FeedForwardHidden, to)];

        static IEnumerable<(string, int)> Lstm(string name, int layer, int from, int size) =>
        [
            ($"{name}.lstm.weight_ih_l{layer}", 4 * size * from), ($"{name}.lstm.weight_hh_l{layer}", 4 * size * size),
            ($"{name}.lstm.bias_ih_l{layer}", 4 * size), ($"{name}.lstm.bias_hh_l{layer}", 4 * size),
        ];
    }
}
