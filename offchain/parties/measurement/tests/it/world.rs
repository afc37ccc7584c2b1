//! A node and accreditors on a network of this process.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bithive_exchange::{Exchange, LocalEndpoint, LocalNetwork, PeerId, Protocol, Service};
use bithive_inference::Device;
use bithive_measurement::{
    MeasuredMemory, MeasurementError, MeasurementService, MemoryFigures, MemoryPlan, measure_memory,
};
use bithive_memory_proof::{MIN_BLOCKS, Request, Response};
use bithive_node::{Compute, Onnx};
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub const NODE: PeerId = PeerId([1; 32]);
pub const ACCREDITOR: PeerId = PeerId([2; 32]);
pub const OTHER: PeerId = PeerId([3; 32]);

pub fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

/// A walk of which each step may take a tenth of a second: no machine is too slow for these tests.
pub fn plan(blocks: u32) -> MemoryPlan {
    let second = Duration::from_secs(1);
    MemoryPlan { blocks, steps: 1000, step_limit: second / 10, network: second, patience: 120 * second }
}

pub fn service(device: Device, compute: Arc<dyn Compute>) -> MeasurementService {
    MeasurementService::new([ACCREDITOR, OTHER], MeasuredMemory { most: 4 * MIN_BLOCKS, device }, compute)
}

/// A network on which the node answers with this service.
pub fn serving(service: impl Service + 'static) -> LocalNetwork {
    let network = LocalNetwork::in_memory();
    network.endpoint(NODE).serve(Protocol::Measure, Arc::new(service));
    network
}

pub fn honest() -> LocalNetwork {
    serving(service(Device::Cpu, Arc::new(Onnx::new(Device::Cpu))))
}

pub async fn measured(network: &LocalNetwork, plan: &MemoryPlan) -> Result<MemoryFigures, MeasurementError> {
    measure_memory(&network.endpoint(ACCREDITOR), NODE, plan, &mut rng(), |_| {}).await
}

/// One question of `from`.
pub async fn asked(from: &LocalEndpoint, request: &Request) -> Result<Response, String> {
    let answer = from.request(NODE, Protocol::Measure, request.encode().into()).await;
    Ok(Response::decode(&answer.map_err(|error| error.to_string())?).unwrap())
}

/// An honest service of which `change` changes answers.
pub struct Between<F> {
    pub honest: MeasurementService,
    pub change: F,
}

#[async_trait]
impl<F, R> Service for Between<F>
where
    F: Fn(Request, Response) -> R + Send + Sync,
    R: Future<Output = Response> + Send,
{
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        let answer = self.honest.answer(protocol, from, body.clone()).await?;
        let response = Response::decode(&answer).unwrap();
        let changed = (self.change)(Request::decode(&body).unwrap(), response).await;
        Ok(changed.encode().into())
    }
}
