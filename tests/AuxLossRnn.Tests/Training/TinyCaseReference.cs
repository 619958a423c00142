using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Tests.Reference;

namespace AuxLossRnn.Tests.Training;

/// <summary>What the float64 reference makes of a case.</summary>
internal static class TinyCaseReference
{
    extension(TinyCase tiny)
    {
        /// <summary>The same by the reference.</summary>
        public ReferenceResult Reference(bool supervised = true)
        {
            ReferenceSegment[] rows(Segment[] segments) =>
                [.. segments.Select(segment => new ReferenceSegment(segment.Example, segment.Anchor, segment.Start))];
            return ReferenceMethod.Run(tiny.Weights(), tiny.Inputs(), tiny.Tokens, tiny.Labels(), rows(tiny.Before), rows(tiny.After), tiny.Settings(supervised));
        }

        /// <summary>Loss and gradients of a model that the LSTM is compared with, by the reference.</summary>
        public (double Loss, Dictionary<string, double[]> Gradients) BaselineReference() => ReferenceBaselines.Run(
            $"{tiny.Spec.Model}", tiny.Weights(), tiny.Inputs(), tiny.Tokens, tiny.Labels(), tiny.Permutation(), tiny.Settings(supervised: true));

        private int[] Permutation() => [.. tiny.Model.named_buffers().Where(entry => entry.name == "encoder.permutation")
            .SelectMany(entry => entry.buffer.data<long>().ToArray()).Select(row => (int)row)];

        private Dictionary<string, double[]> Weights() =>
            tiny.Model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.data<double>().ToArray());

        private double[,,] Inputs()
        {
            double[,,] inputs = new double[tiny.Tokens.GetLength(0), tiny.Tokens.GetLength(1), tiny.Tokens.GetLength(2)];
            Buffer.BlockCopy(tiny.Batch.Inputs.data<double>().ToArray(), 0, inputs, 0, inputs.Length * sizeof(double));
            return inputs;
        }

        private int[] Labels() => [.. tiny.Batch.Labels.data<long>().Select(label => (int)label)];

        private ReferenceSettings Settings(bool supervised) =>
            new()
            {
                Cell = tiny.Spec.Model.Encoder,
                Permutation = tiny.Permutation(),
                Reconstruction = tiny.Before.Length > 0,
                Prediction = tiny.After.Length > 0,
                SegmentLength = tiny.Spec.Segment,
                Lengths = tiny.Lengths,
                Truncation = tiny.Spec.Truncation.Steps,
                AuxiliaryTruncation = tiny.Spec.AuxiliaryTruncation.Steps,
                ChunkedDecoder = tiny.Spec.SegmentTruncation == SegmentTruncation.Chunked,
                DecoderInputs = Enum.Parse<ReferenceDecoderInputs>($"{tiny.Spec.DecoderInputs}"),
                TokenLoss = Enum.Parse<ReferenceTokenLoss>($"{tiny.Spec.TokenLoss}"),
                InputEncoding = Enum.Parse<ReferenceInputEncoding>($"{tiny.Spec.Encoding}"),
                Levels = TinyCase.Levels,
                IncludeSupervised = supervised,
                IncludeAuxiliary = tiny.Before.Length + tiny.After.Length > 0,
            };
    }
}
